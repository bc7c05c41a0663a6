import type { TableTexts } from './tableTexts.ts';

export const SPANISH: TableTexts = {
  heads: {
    call: 'LLAMADA DE EMERGENCIA al {number}',
    update: 'NOVEDAD, LLAMADA DE EMERGENCIA',
    detailsPending: 'MENSAJE DE EMERGENCIA, detalles aún no disponibles',
    detailsUnavailable: 'MENSAJE DE EMERGENCIA, detalles no disponibles',
    notEmergency: 'NO ES UNA EMERGENCIA',
  },
  callToUnknown: 'LLAMADA DE EMERGENCIA',
  labels: {
    dialed: 'Número marcado',
    code: 'Llamada',
    callback: 'Número para devolver la llamada',
    location: 'Ubicación',
    alsoAt: 'También indicada',
    coordinates: 'Coordenadas',
    caller: 'Llama',
    time: 'Hora',
  },
  unknown: 'desconocido',
  onThePage: 'en la página',
  isNew: '(nuevo)',
  noEmergency: 'El mensaje no era una llamada de emergencia',
};
