import type { EmergencyCall } from '../emergency/emergencyCall.ts';
import { marksOf } from '../messaging/alertHead.ts';
import { callTime } from '../messaging/callTime.ts';
import { escapeHtml } from '../messaging/escapeHtml.ts';
import type { ResponseAction } from '../oncall/response.ts';

/** A button of the page. */
interface AnswerButton {
  name: string;
  label: string;
  action: ResponseAction;
  /** In which states of a call it makes sense. */
  when: readonly EmergencyCall['response']['state'][];
}

const RUNNING = ['open', 'acknowledged', 'onScene'] as const;

export const ANSWER_BUTTONS: readonly AnswerButton[] = [
  { name: 'acknowledge', label: 'I have it', action: { kind: 'acknowledge' }, when: ['open'] },
  { name: 'onScene', label: 'I am on scene', action: { kind: 'onScene' }, when: ['open', 'acknowledged'] },
  { name: 'escalate', label: 'More people', action: { kind: 'escalate' }, when: RUNNING },
  { name: 'handBack', label: 'Hand it back', action: { kind: 'handBack' }, when: ['acknowledged', 'onScene'] },
  { name: 'real', label: 'Close: real', action: { kind: 'resolve', reason: 'real' }, when: RUNNING },
  { name: 'misdial', label: 'Close: misdial', action: { kind: 'resolve', reason: 'misdial' }, when: RUNNING },
  { name: 'test', label: 'Close: test', action: { kind: 'resolve', reason: 'test' }, when: RUNNING },
  { name: 'other', label: 'Close: other', action: { kind: 'resolve', reason: 'other' }, when: RUNNING },
];

interface CallPage {
  call: EmergencyCall;
  /** Names of those who know the location, where it is withheld from who reads this. */
  knownTo: readonly string[] | null;
  token: string;
  /** What the last answer came to. */
  said: string | null;
  holderName: string | null;
  timeZone: string;
}

/** The three facts large, who has the call, and the answers, for a phone at night. */
export function callPage({ call, knownTo, token, said, holderName, timeZone }: CallPage): string {
  const { facts, response, code } = call;
  const clock = { hasDate: true, hasSeconds: false, hasZone: true };
  const timeOf = (iso: string | null) => (iso === null ? null : callTime(new Date(iso), timeZone, clock));
  const number = facts.callbackNumber;
  const rows: [string, string][] = [
    ['Callback', number === null ? 'unknown' : phone(number)],
    ['Location', escapeHtml(knownTo ? `withheld; known to ${knownTo.join(', ')}` : (facts.location ?? 'unknown'))],
    ...(call.alsoAt === null ? [] : [['Also told', escapeHtml(call.alsoAt)] satisfies [string, string]]),
    ['Caller', escapeHtml(facts.callerDisplayName ?? facts.callerUpn ?? 'unknown')],
    ['Time', escapeHtml(timeOf(call.occurredAt) ?? 'unknown')],
    ['State', escapeHtml(stateOf(response, holderName, timeOf(response.since)))],
  ];
  const running =
    call.endedAt === null ? '<p class="warn">The emergency call may still run: calling back can break it off.</p>' : '';
  const buttons = ANSWER_BUTTONS.filter(({ when }) => when.includes(response.state)).map(
    ({ name, label }) => `<button name="action" value="${name}">${label}</button>`,
  );
  return html(
    `${marksOf(call)}Emergency call ${code}`,
    `${said === null ? '' : `<p class="said" role="status">${escapeHtml(said)}</p>`}
<h1>${marksOf(call)}Emergency call to ${escapeHtml(facts.emergencyNumberDialed ?? 'unknown number')} <small>${escapeHtml(code)}</small></h1>
<dl>${rows.map(([label, value]) => `<dt>${label}</dt><dd>${value}</dd>`).join('')}</dl>
${running}
<form method="post" action="answer"><input type="hidden" name="t" value="${escapeHtml(token)}">${buttons.join('')}</form>`,
  );
}

/** A page with one sentence. */
export function messagePage(sentence: string): string {
  return html('Emergency call', `<h1>${escapeHtml(sentence)}</h1>`);
}

function stateOf(
  { state, resolvedAs }: EmergencyCall['response'],
  holderName: string | null,
  since: string | null,
): string {
  const by = `${holderName ?? 'somebody'}${since === null ? '' : `, since ${since}`}`;
  switch (state) {
    case 'open':
      return 'nobody has it';
    case 'acknowledged':
      return `has it: ${by}`;
    case 'onScene':
      return `on scene: ${by}`;
    case 'resolved':
      return `closed (${resolvedAs}): ${by}`;
  }
}

function phone(number: string): string {
  return /^\+\d{7,15}$/.test(number) ? `<a href="tel:${number}">${number}</a>` : escapeHtml(number);
}

const STYLE = `:root{color-scheme:light dark}body{font:1.1rem/1.4 system-ui,sans-serif;margin:0 auto;padding:1rem;max-width:34rem}
h1{font-size:1.6rem}dt{opacity:.7;margin-top:.6rem}dd{margin:0;font-size:1.4rem;font-weight:600;overflow-wrap:anywhere}
form{display:grid;grid-template-columns:1fr 1fr;gap:.7rem;margin-top:1.2rem}button{font:inherit;min-height:3.4rem;border-radius:.6rem;border:2px solid;background:Canvas;color:CanvasText;cursor:pointer}
button[value=acknowledge]{grid-column:1/-1;background:#0b5cad;color:#fff;border-color:#0b5cad;font-size:1.4rem}.said{padding:.8rem;border-left:.4rem solid #0b7a3b;font-weight:600}.warn{padding:.8rem;border-left:.4rem solid #b3261e}`;

function html(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body><main>
${body}
</main></body></html>`;
}
