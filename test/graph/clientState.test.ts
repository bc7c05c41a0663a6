import { checkClientState } from '../../shared/graph/clientState.ts';

const KNOWN = [
  { subscriptionId: 'sub-1', clientState: 'secret-1' },
  { subscriptionId: 'sub-2', clientState: 'secret-2' },
  { subscriptionId: null, clientState: 'secret-of-one-being-created' },
];
const check = (subscriptionId: string | null, clientState: string | null) =>
  checkClientState({ subscriptionId, clientState }, KNOWN);

test('the secret of the subscription that is named matches', () => {
  expect(check('sub-1', 'secret-1')).toBe('match');
});

test.each([
  ['sub-1', 'secret-2', 'mismatch'],
  ['sub-1', 'secret-of-one-being-created', 'mismatch'],
  ['sub-1', 'secret-', 'mismatch'],
  ['sub-1', 'secret-11', 'mismatch'],
  ['sub-1', 'Secret-1', 'mismatch'],
  ['sub-1', '', 'mismatch'],
  ['sub-1', null, 'mismatch'],
  ['sub-9', 'secret-9', 'unknownSubscription'],
  ['sub-9', null, 'unknownSubscription'],
  [null, null, 'unknownSubscription'],
  [null, 'secret-9', 'unknownSubscription'],
] as const)('subscription %s with %s: %s', (id, clientState, expected) => {
  expect(check(id, clientState)).toBe(expected);
});

test('a subscription whose creation is not recorded yet is known by its secret', () => {
  expect(check('sub-just-created', 'secret-of-one-being-created')).toBe('match');
});

test('with nothing known, nothing matches', () => {
  expect(checkClientState({ subscriptionId: null, clientState: null }, [])).toBe('unknownSubscription');
});

test('a subscription id of null never names one that is being created', () => {
  expect(check(null, 'wrong')).toBe('unknownSubscription');
});
