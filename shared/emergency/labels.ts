import { foldForMatch } from './plainText.ts';

/**
 * What a label says of the value behind it. `location`, `address`, `place` and the kinds after them are all parts of
 * the location conveyed. `conference` marks numbers that are nobody's callback number. `other`: a label that is known
 * to say nothing that is looked for, so that it ends the value before it.
 */
export type LabelKind =
  | 'location'
  | 'address'
  | 'place'
  | 'part'
  | 'locality'
  | 'coordinates'
  | 'latitude'
  | 'longitude'
  | 'callback'
  | 'phone'
  | 'dialed'
  | 'caller'
  | 'upn'
  | 'conference'
  | 'other';

/**
 * Labels by kind: the English ones first, then de, fr, es, it, pt, nl, ja, sv, da, nb, fi, pl. None has been confirmed:
 * the layout of the real message is not documented, so every wording that is likely is taken.
 */
const LABELS: Record<LabelKind, string> = {
  location:
    'location, emergency location, current location, caller location, location of caller, dispatchable location, ' +
    'user location, detected location, site, site name, loc, standort, ort, notrufstandort, einsatzort, emplacement, ' +
    "lieu, localisation, emplacement d'urgence, ubicación, localización, ubicación de emergencia, lugar, posizione, " +
    'località, luogo, ubicazione, localização, local, localização de emergência, locatie, noodlocatie, plaats, 場所, ' +
    '位置, 緊急時の場所, 緊急通報の場所, 現在地, plats, plats för nödsituation, placering, lokation, nødplacering, ' +
    'plassering, sted, sijainti, hätäsijainti, paikka, lokalizacja, miejsce',
  address:
    'address, emergency address, civic address, street address, dispatch address, street, registered address, adresse, ' +
    "notfalladresse, notrufadresse, anschrift, straße, adresse d'urgence, adresse civique, rue, dirección, " +
    'dirección de emergencia, calle, indirizzo, indirizzo di emergenza, endereço, endereço de emergência, rua, ' +
    'adres, noodadres, straat, 住所, 緊急連絡先住所, adress, nödadress, gata, nødadresse, osoite, hätäosoite, katu, ' +
    'adres alarmowy, ulica',
  place:
    'place, place name, location name, standortname, nom du lieu, lugar de emergencia, nome del luogo, nome do local',
  part:
    'building, floor, room, suite, wing, office, desk, unit, gebäude, etage, stockwerk, geschoss, raum, zimmer, bâtiment, ' +
    'étage, salle, bureau, edificio, piso, planta, sala, oficina, piano, stanza, ufficio, prédio, edifício, andar, ' +
    'gebouw, verdieping, kamer, ビル, 建物, 階, 部屋, byggnad, våning, rum, bygning, etasje, rom, rakennus, kerros, huone, ' +
    'budynek, piętro, pokój',
  locality:
    'city, state, zip, zip code, postal code, postcode, county, country, country or region, stadt, plz, postleitzahl, ' +
    'bundesland, land, ville, code postal, pays, ciudad, código postal, país, città, cap, paese, cidade, stad, postnummer, ' +
    'kaupunki, postinumero, miasto, kod pocztowy',
  coordinates:
    'coordinates, geo coordinates, geocoordinates, gps, gps coordinates, geo, geo location, geolocation, lat/long, ' +
    'lat/lng, lat/lon, lat long, latitude/longitude, latitude and longitude, koordinaten, ' +
    'geokoordinaten, coordonnées, coordonnées gps, coordenadas, coordinate, coördinaten, 座標, koordinater, koordinaatit, ' +
    'współrzędne',
  latitude:
    'latitude, lat, breitengrad, breite, latitud, latitudine, breedtegraad, 緯度, breddegrad, leveysaste, szerokość geograficzna',
  longitude:
    'longitude, long, lng, lon, längengrad, länge, longitud, longitudine, lengtegraad, 経度, lengdegrad, længdegrad, ' +
    'pituusaste, długość geograficzna',
  callback:
    'callback number, callback, call back number, call back, call-back number, call-back, callback phone number, ' +
    'call back at, call them back at, caller callback number, rückrufnummer, rückruf, numéro de rappel, rappel, ' +
    'rappeler au, número de devolución de llamada, devolución de llamada, número de retorno, numero di richiamata, ' +
    'richiamata, número de retorno de chamada, retorno de chamada, terugbelnummer, コールバック番号, コールバック, ' +
    '折り返し電話番号, 折り返し先, återuppringningsnummer, motringningsnummer, tilbagekaldsnummer, tilbageringningsnummer, ' +
    'tilbakeringingsnummer, takaisinsoittonumero, numer zwrotny, numer oddzwaniania, numer telefonu zwrotnego',
  phone:
    'phone number, phone, telephone number, telephone, tel, caller number, caller phone number, caller id, calling number, ' +
    "caller's number, line number, user phone number, mobile, mobile number, work phone, business phone, did, " +
    'telefonnummer, rufnummer, telefon, nummer des anrufers, mobil, numéro de téléphone, téléphone, tél, ' +
    "numéro de l'appelant, número de teléfono, teléfono, número del llamante, numero di telefono, telefono, " +
    'número de telefone, telefone, telefoonnummer, telefoon, 電話番号, 電話, 発信者番号, puhelinnumero, puhelin, ' +
    'numer telefonu, number, nummer, numéro, número, numero',
  dialed:
    'emergency number, emergency number dialed, emergency number dialled, number dialed, number dialled, dialed number, ' +
    'dialled number, dialed, dialled, called number, number called, emergency service number, notrufnummer, ' +
    "gewählte nummer, gewählte notrufnummer, numéro d'urgence, numéro composé, numéro d'urgence composé, " +
    'número de emergencia, número marcado, número de emergencia marcado, numero di emergenza, numero composto, ' +
    'numero chiamato, número de emergência, número discado, noodnummer, alarmnummer, gekozen nummer, 緊急番号, ' +
    '緊急通報番号, ダイヤルした番号, nödnummer, larmnummer, uppringt nummer, nødnummer, opkaldt nummer, nødnummer slått, ' +
    'hätänumero, valittu numero, numer alarmowy, wybrany numer',
  caller:
    'caller, caller name, caller display name, name, name of caller, user, user name, display name, called by, placed by, ' +
    'anrufer, name des anrufers, benutzer, appelant, nom, utilisateur, llamante, nombre, usuario, chiamante, nome, utente, ' +
    'chamador, usuário, beller, naam, gebruiker, 発信者, 名前, ユーザー, uppringare, namn, användare, opkalder, navn, bruger, ' +
    'innringer, bruker, soittaja, nimi, käyttäjä, dzwoniący, nazwa, użytkownik',
  upn:
    'upn, user principal name, userprincipalname, email, e-mail, email address, e-mail address, mail, sign-in name, ' +
    'sip address, sip, caller upn, caller email, e-mail-adresse, benutzerprinzipalname, adresse e-mail, courriel, correo, ' +
    'correo electrónico, posta elettronica, メール, メールアドレス, e-post, e-postadress, sähköposti, adres e-mail',
  conference:
    'conference, conference id, conference call, conference number, conference bridge, phone conference id, meeting id, ' +
    'meeting number, passcode, meeting passcode, pin, access code, dial-in, dial in, dial-in number, dial in by phone, ' +
    'join by phone, bridge, toll number, toll-free number, konferenz, konferenz-id, konferenzkennung, kenncode, ' +
    'besprechungs-id, einwahl, einwahlnummer, id de conférence, conférence, code secret, id de réunion, id de conferencia, ' +
    'código de acceso, id de reunión, id conferenza, passcode della riunione, id da conferência, senha, vergader-id, ' +
    'toegangscode, 会議 id, 会議id, パスコード, mötes-id, møde-id, møte-id, adgangskode, lösenord, tunnuskoodi, ' +
    'identyfikator spotkania, kod dostępu, security desk, security desk number, psap, psap number',
  other:
    'time, date, date and time, timestamp, date/time, call time, time of call, uhrzeit, zeit, datum, heure, date et heure, ' +
    'hora, fecha, ora, data, tijd, tid, aika, czas, 時刻, 日時, id, call id, message id, device, device name, ip, ip address, ' +
    'mac, mac address, subnet, bssid, chassis id, port id, network, policy, emergency calling policy, ip-adresse, ' +
    'adresse ip, dirección ip, location id, location source, map, map link, link, join, note, notes, status, tenant, ' +
    'company, organization, department, job title, ref, reference, ticket, subject, importance, sender, from, to, re, http, ' +
    'https, instructions, message, details, comment',
};

const KIND_OF_LABEL = new Map<string, LabelKind>(
  Object.entries(LABELS).flatMap(([kind, labels]) =>
    labels.split(', ').map((label): [string, LabelKind] => [foldForMatch(label), kind as LabelKind]),
  ),
);

/** Every known label, folded as `foldForMatch` does. */
export const KNOWN_LABELS: readonly string[] = [...KIND_OF_LABEL.keys()];

/** Words that make a label of a kind whatever else it says ("Caller's present location"), unless one of `NOT_WITH` is there. */
const TELLING_WORDS: readonly [LabelKind, readonly string[]][] = [
  [
    'conference',
    ['conference', 'meeting', 'passcode', 'dial-in', 'pin', 'konferenz', 'réunion', 'security desk', 'psap'],
  ],
  ['callback', ['callback', 'call-back', 'call back', 'rückruf', 'rappel', 'terugbel']],
  ['dialed', ['dialed', 'dialled', 'gewählte', 'composé', 'marcado', 'discado']],
  ['upn', ['upn', 'email', 'e-mail', 'mail']],
  ['coordinates', ['coordinates', 'koordinaten', 'coordonnées', 'coordenadas']],
  ['location', ['location', 'standort', 'emplacement', 'ubicación', 'posizione', 'localização', 'locatie', 'sijainti']],
  ['address', ['address', 'adresse', 'dirección', 'indirizzo', 'endereço', 'adress', 'osoite']],
  ['phone', ['phone', 'telephone', 'telefon', 'téléphone', 'teléfono', 'telefono', 'telefone']],
];
const NOT_WITH = [
  'ip',
  'mac',
  'web',
  'url',
  'id',
  'source',
  'method',
  'type',
  'confidence',
  'service',
  'services',
  'not',
  'no',
];

export const MAX_LABEL_LENGTH = 48;

/** True for a word that makes something else of the label behind it: "Web address" is no address. */
export function turnsLabel(wordBefore: string): boolean {
  return NOT_WITH.includes(foldForMatch(wordBefore));
}

/** The kind of a label as it was written, or `null` for one that is not known. */
export function kindOfLabel(written: string): LabelKind | null {
  const exact = kindOfExactLabel(written);
  if (exact !== null) return exact;
  const label = foldLabel(written);
  const words = label.split(/[ /'-]+/);
  if (label === '' || /[.!?]/.test(label) || words.length > 5 || words.some((word) => NOT_WITH.includes(word)))
    return null;
  const padded = ` ${label.replaceAll("'s ", ' ')} `;
  const telling = TELLING_WORDS.find(([, candidates]) => candidates.some((word) => padded.includes(` ${word} `)));
  return telling?.[0] ?? null;
}

/** The same, for the very words of a label only: these need no colon when they stand alone on their line. */
export function kindOfExactLabel(written: string): LabelKind | null {
  return KIND_OF_LABEL.get(foldLabel(written)) ?? null;
}

function foldLabel(written: string): string {
  if (written.length > MAX_LABEL_LENGTH) return '';
  const words = written.replace(/^[\s*_]+|[\s*_.]+$/g, '').replace(/\s*\([^()]*\)$/, '');
  return foldForMatch(words);
}
