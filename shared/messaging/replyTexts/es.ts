import type { ReplyTexts } from './replyTexts.ts';

export const SPANISH: ReplyTexts = {
  done: {
    acknowledge:
      'Usted tiene la llamada {code}. Responda 2 {code} en el lugar, 3 {code} para devolverla, 4 {code} para refuerzos.',
    onScene:
      'Está en el lugar, llamada {code}. Para cerrarla responda 5 {code} (real), 6 {code} (error), 7 {code} (prueba), 8 {code} (otro).',
    handBack: 'Usted devolvió la llamada {code}. Se avisa de nuevo.',
    escalate: 'Se avisa a más personas de la llamada {code}.',
  },
  closed: 'La llamada {code} está cerrada: {reason}.',
  isYours: 'Usted ya tiene la llamada {code}.',
  isTaken: 'Alguien se adelantó: {name} tiene la llamada {code} desde {time}.',
  isNotYours: 'No puede devolver la llamada {code}: {name} la tiene.',
  nobodyHas: 'Nadie tiene la llamada {code}. Responda 1 {code} para tomarla.',
  isClosed: 'La llamada {code} fue cerrada por {name}, {time}: {reason}.',
  which: {
    several: '¿Qué llamada? Responda {digit} y su código: {list}',
    unknownCode: 'Ninguna llamada abierta tiene ese código. Responda {digit} y un código: {list}',
    sameCode: 'Varias llamadas tienen ese código. Responda {digit}, código y hora: {list}',
    unheld: 'Nadie tiene esta llamada. Para cerrarla responda {digit} y su codigo: {list}',
  },
  more: '{count} más',
  noneOpen: 'Ninguna llamada de la que se le avisó sigue abierta.',
  help: 'Responda con el código: 1 la tengo, 2 en el lugar, 3 devolver, 4 refuerzos. Para cerrar: 5 real, 6 error, 7 prueba, 8 otro. Ejemplo: 1 {code}',
  unclear:
    'No se entendió, nada ha cambiado. Responda 1 {code} para tomar la llamada, 2 {code} en el lugar, 4 {code} para refuerzos, 0 para ayuda.',
  news: {
    acknowledged: 'Llamada {code}: {name} la tiene desde {time}.',
    onScene: 'Llamada {code}: {name} está en el lugar desde {time}.',
    handedBack: 'La llamada {code} fue devuelta, nadie la tiene. Responda 1 {code} para tomarla.',
  },
  newsClosed: 'Llamada {code}: cerrada por {name}, {time}, {reason}.',
  ended: 'Llamada {code}: la llamada de emergencia termino a las {time}. Quien llamo puede estar localizable.',
  nobodyOnScene:
    'Llamada {code}: nadie en el lugar, {name} la tiene desde {time}. Responda 2 {code} en el lugar, 4 {code} para refuerzos.',
  hints: [
    'Responda 1 {code}: la tengo, 2 {code}: en el lugar, 0: ayuda',
    'Responda 1 {code}: la tengo',
    'Responda 1 {code}',
  ],
  reasons: { real: 'emergencia real', misdial: 'llamada por error', test: 'prueba', other: 'otro motivo' },
  somebody: 'alguien',
};
