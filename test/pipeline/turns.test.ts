import { inTurns } from '../../shared/pipeline/turns.ts';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

/** Adele, then Megan, then Nestor. `asked` names those whose turn has come. */
function threePeople() {
  const asked: string[] = [];
  const [adele, megan, nestor] = inTurns(['adele', 'megan', 'nestor'].map((name) => ({ name }))).map((person) => ({
    ...person,
    come: () => person.turn.come().then(() => void asked.push(person.name)),
  }));
  if (!adele || !megan || !nestor) throw new Error('Somebody has no turn');
  return { adele, megan, nestor, asked };
}

test('who is ready first goes no sooner than those before', async () => {
  const { adele, megan, nestor, asked } = threePeople();
  void nestor.come();
  void megan.come();
  await jest.advanceTimersByTimeAsync(10);
  expect(asked).toEqual([]);
  void adele.come();
  await jest.advanceTimersByTimeAsync(0);
  expect(asked).toEqual(['adele']);
  adele.turn.pass();
  await jest.advanceTimersByTimeAsync(0);
  expect(asked).toEqual(['adele', 'megan']);
  megan.turn.pass();
  await jest.advanceTimersByTimeAsync(0);
  expect(asked).toEqual(['adele', 'megan', 'nestor']);
});

test('a provider that does not answer holds up nobody for longer than the head start', async () => {
  const { adele, megan, nestor, asked } = threePeople();
  for (const { come } of [adele, megan, nestor]) void come();
  await jest.advanceTimersByTimeAsync(149);
  expect(asked).toEqual(['adele']);
  await jest.advanceTimersByTimeAsync(1);
  expect(asked).toEqual(['adele', 'megan']);
  await jest.advanceTimersByTimeAsync(150);
  expect(asked).toEqual(['adele', 'megan', 'nestor']);
});

test('who is not asked after all holds up nobody', async () => {
  const { adele, megan, nestor, asked } = threePeople();
  void nestor.come();
  megan.turn.pass();
  adele.turn.pass();
  await jest.advanceTimersByTimeAsync(0);
  expect(asked).toEqual(['nestor']);
});

test('who never gets ready holds up the others for a second and no longer', async () => {
  const { megan, nestor, asked } = threePeople();
  void megan.come();
  void nestor.come();
  await jest.advanceTimersByTimeAsync(999);
  expect(asked).toEqual([]);
  await jest.advanceTimersByTimeAsync(1);
  expect(asked).toEqual(['megan', 'nestor']);
});

test('nothing is left running once everybody has passed', async () => {
  const { adele, megan, nestor } = threePeople();
  for (const { come, turn } of [adele, megan, nestor]) {
    await come();
    turn.pass();
  }
  expect(jest.getTimerCount()).toBe(0);
});
