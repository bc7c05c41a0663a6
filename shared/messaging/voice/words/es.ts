import type { VoiceWords } from './voiceWords.ts';

export const SPANISH: VoiceWords = {
  opening: 'Esta es una alerta de emergencia. Oirá los datos dos veces.',
  test: 'PRUEBA, TEST. Esto es solo una prueba.',
  head: {
    call: 'Llamada de emergencia al {}.',
    update: 'Novedad sobre una llamada de emergencia.',
    detailsPending: 'Mensaje de emergencia. Los detalles aún no están disponibles.',
    detailsUnavailable: 'Mensaje de emergencia. Los detalles no están disponibles.',
    notEmergency: 'No hay emergencia. El mensaje no era de una llamada de emergencia.',
  },
  code: 'Código de la llamada: {}.',
  callback: 'Número para devolver la llamada: {}.',
  location: 'Lugar: {}.',
  alsoAt: 'También se informó de: {}.',
  caller: 'Persona que llama: {}.',
  isNew: 'Nuevo.',
  coordinates: 'latitud {}, longitud {}',
  unknown: 'desconocido',
  onThePage: 'en la página',
  plus: 'más',
  minus: 'menos',
  cut: 'Esto era demasiado largo para una llamada. El resto está en el mensaje de texto y en la página',
  warning:
    'No llame a ese número mientras la llamada de emergencia pueda seguir en curso: podría cortar la ayuda a la persona que llama.',
  menu: 'Para hacerse cargo, pulse 1. Si está en el lugar, pulse 2. Para devolver la llamada al equipo, pulse 3. Para avisar ya a los siguientes, pulse 4. Para oír los datos otra vez, pulse 9.',
  answerByText: 'Esta llamada no puede recibir su respuesta. Responda por mensaje de texto o en la página.',
  noKey:
    'No se pulsó ninguna tecla y no se registró ninguna respuesta. Responda por mensaje de texto o en la página. Adiós.',
  wrongKey: 'Esa tecla no significa nada aquí y no se registró nada.',
  confirm:
    'Esto sonó como un contestador, así que aún no se registró nada. Si es usted una persona, pulse la misma tecla otra vez.',
  confirmClosing: 'Esto cierra la llamada definitivamente. Para cerrarla, pulse la misma tecla otra vez.',
  notRecorded: 'No se pudo registrar su respuesta. Pulse la tecla otra vez o responda por mensaje de texto.',
  noRepetition: 'Ahora no se pueden repetir los datos. Están en el mensaje de texto y en la página.',
  recorded: {
    acknowledge: 'Registrado: usted se hace cargo de esta llamada.',
    onScene: 'Registrado: usted está en el lugar.',
    handBack: 'Registrado: ha devuelto esta llamada al equipo y se avisa a otras personas.',
    escalate: 'Registrado: se avisa ya a los siguientes.',
    resolve: 'Registrado: esta llamada está cerrada.',
  },
  isYours: 'Usted ya está a cargo de esta llamada.',
  isTaken: 'De esta llamada ya se ha hecho cargo {}.',
  isNotYours: 'Usted no está a cargo de esta llamada y no puede devolverla.',
  isResolved: 'Esta llamada está cerrada.',
};
