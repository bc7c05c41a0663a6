import { callDetailSchema, proceduresSchema } from '../../shared/dashboard/contract.ts';
import { startWorld, type World } from '../harness/world.ts';
import { callAt } from './storedCalls.ts';
import { type Ask, AUDITOR, askPage, RESPONDER } from './visitors.ts';

const MARKDOWN = [
  '# Lobby',
  '- [ ] Meet the ambulance at gate 2',
  'Then:',
  '- [ ] Unlock <b>doors</b>',
  '```',
  '- [ ] code',
  '```',
].join('\n');

let world: World;
let callId: string;
beforeEach(async () => {
  world = await startWorld();
  const call = callAt(new Date(world.now().getTime() - 60_000), { site: 'north', whereabouts: 'onSite' });
  callId = call.id;
  await world.services.store.calls.insert(call);
});
afterEach(() => world?.stop());

const ask = (path: string, options: Ask = {}) => askPage(world.services, path, options);
const write = (after: number, markdown: string) =>
  ask('procedures', { method: 'POST', body: { site: null, after, markdown } });
let keys = 0;
const tick = (changes = {}, options: Ask = {}) => {
  keys += 1;
  const body = { site: null, version: 1, item: 0, isTicked: true, key: `key-of-test-${keys}`, ...changes };
  return ask(`calls/${callId}/ticks`, { method: 'POST', body, as: RESPONDER, ...options });
};
const procedure = async () => callDetailSchema.parse((await ask(`calls/${callId}`)).json).procedure;

test('a call shows the newest procedure, and a tick goes on its timeline with the version and who', async () => {
  expect(await procedure()).toBeNull();
  await write(0, MARKDOWN);
  expect((await procedure())?.checklist.map(({ text }) => text)).toEqual([
    'Meet the ambulance at gate 2',
    'Unlock <b>doors</b>',
  ]);
  const ticked = callDetailSchema.parse((await tick({ item: 1 })).json);
  expect(ticked.procedure?.checklist[1]?.ticked).toMatchObject({ by: { name: 'Diego Siciliani' } });
  expect(ticked.timeline.at(-1)).toMatchObject({
    kind: 'procedure.ticked',
    person: { name: 'Diego Siciliani' },
    detail: { version: '1', item: '1', text: 'Unlock <b>doors</b>' },
  });
  await tick({ item: 1, isTicked: false });
  expect((await procedure())?.checklist[1]?.ticked).toBeNull();
  expect((await world.services.store.timeline.listOfCall(callId)).map(({ kind }) => kind)).toEqual([
    'procedure.ticked',
    'procedure.unticked',
  ]);
});

test('a call whose list was begun stays with its version, another one gets the new one', async () => {
  await write(0, MARKDOWN);
  await tick();
  await write(1, '- [ ] Something else');
  expect((await procedure())?.version).toBe(1);
  const other = callAt(world.now());
  await world.services.store.calls.insert(other);
  expect((await ask(`calls/${other.id}`)).json.procedure.version).toBe(2);
});

test('earlier versions are kept, and of two who write one hears of the other', async () => {
  await write(0, MARKDOWN);
  const both = await Promise.all([write(1, 'a'), write(1, 'b')]);
  expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
  expect((await ask('procedures/one?version=1', { as: AUDITOR })).json.markdown).toBe(MARKDOWN);
  const { procedures } = proceduresSchema.parse((await ask('procedures', { as: AUDITOR })).json);
  expect(procedures).toMatchObject([{ site: null, version: 2, by: { name: 'Megan Bowen' } }]);
});

test.each([
  ['of an older version', { version: 2 }, 'changedMeanwhile'],
  ['of another site', { site: 'south' }, 'changedMeanwhile'],
  ['of a line there is not', { item: 2 }, 'badRequest'],
  ['of no line', { item: -1 }, 'badRequest'],
  ['in the name of somebody', { by: 'megan' }, 'badRequest'],
])('a tick %s is refused, and nothing is recorded', async (_, changes, code) => {
  await write(0, MARKDOWN);
  expect((await tick(changes)).json.code).toBe(code);
  expect(await world.services.store.timeline.listOfCall(callId)).toEqual([]);
});

test.each([
  ['after a version there is not', { site: null, after: 3, markdown: 'x' }, 'changedMeanwhile'],
  ['of a site there is not', { site: 'nowhere', after: 0, markdown: 'x' }, 'badRequest'],
  ['that is too long', { site: null, after: 0, markdown: 'x'.repeat(20_001) }, 'badRequest'],
])('a procedure %s is refused', async (_, body, code) => {
  expect((await ask('procedures', { method: 'POST', body })).json.code).toBe(code);
  expect((await ask('procedures')).json.procedures).toEqual([]);
  expect((await ask('procedures/one')).status).toBe(404);
});
