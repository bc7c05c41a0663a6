/** What a reader at night can use of what is on record of an entry; the rest is ids, times, and facts shown elsewhere. */
const AT_A_GLANCE = [
  'channel',
  'status',
  'code',
  'reason',
  'via',
  'site',
  'whereabouts',
  'confidence',
  'policyName',
  'text',
];
const LONGEST = 80;

/** Details of an entry of the timeline in one line: `isWhole` all of them, else those that help at a glance. */
export function shownDetails(detail: Readonly<Record<string, string>>, isWhole: boolean): string {
  return Object.entries(detail)
    .filter(([name, value]) => isWhole || (AT_A_GLANCE.includes(name) && value !== '' && value.length <= LONGEST))
    .map(([name, value]) => `${name}: ${value}`)
    .join(' · ');
}
