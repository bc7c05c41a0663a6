import type { ReplyTexts } from './replyTexts.ts';

export const ENGLISH: ReplyTexts = {
  done: {
    acknowledge:
      'You have call {code}. Reply 2 {code} when on scene, 3 {code} to hand it back, 4 {code} for more people.',
    onScene:
      'You are on scene of call {code}. To close it reply 5 {code} (real), 6 {code} (misdial), 7 {code} (test) or 8 {code} (other).',
    handBack: 'You handed back call {code}. It is told again now.',
    escalate: 'More people are told of call {code}.',
  },
  closed: 'Call {code} is closed: {reason}.',
  isYours: 'You have call {code} already.',
  isTaken: 'You were not first: {name} has call {code} since {time}.',
  isNotYours: 'You cannot hand back call {code}: {name} has it.',
  nobodyHas: 'Nobody has call {code}. Reply 1 {code} to take it.',
  isClosed: 'Call {code} was closed by {name} at {time}: {reason}.',
  which: {
    several: 'Which call? Reply {digit} and its code: {list}',
    unknownCode: 'No open call has that code. Reply {digit} and a code: {list}',
    sameCode: 'Several calls have that code. Reply {digit}, code and time: {list}',
    unheld: 'Nobody has this call yet. To close it reply {digit} and its code: {list}',
  },
  more: '{count} more',
  noneOpen: 'You were told of no call that is still open.',
  help: 'Reply with the code: 1 I have it, 2 on scene, 3 hand back, 4 more people. To close: 5 real, 6 misdial, 7 test, 8 other. Example: 1 {code}',
  unclear:
    'Not understood, nothing is changed. Reply 1 {code} to take the call, 2 {code} on scene, 4 {code} for more people, 0 for help.',
  news: {
    acknowledged: 'Call {code}: {name} has it since {time}.',
    onScene: 'Call {code}: {name} is on scene since {time}.',
    handedBack: 'Call {code} was handed back, nobody has it. Reply 1 {code} to take it.',
  },
  newsClosed: 'Call {code}: closed by {name} at {time}, {reason}.',
  ended: 'Call {code}: the emergency call itself ended at {time}. The caller may be reached again.',
  nobodyOnScene:
    'Call {code}: nobody on scene yet, {name} has it since {time}. Reply 2 {code} when on scene, 4 {code} for more people.',
  hints: ['Reply 1 {code} to take it, 2 {code} on scene, 0 for help', 'Reply 1 {code} to take it', 'Reply 1 {code}'],
  reasons: { real: 'a real emergency', misdial: 'a misdial', test: 'a test', other: 'other' },
  somebody: 'somebody',
};
