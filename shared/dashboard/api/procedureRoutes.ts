import type { Services } from '../../pipeline/services.ts';
import type { ProcedureVersion } from '../../store/procedureStore.ts';
import { note } from '../audit.ts';
import { callDetail } from '../calls/detail.ts';
import { personOf, siteOf } from '../calls/summary.ts';
import { callFor } from '../calls/visible.ts';
import {
  callDetailSchema,
  type Procedures,
  procedureQuerySchema,
  procedureRequestSchema,
  procedureSchema,
  proceduresSchema,
  tickRequestSchema,
} from '../contract.ts';
import { PageProblem } from '../problem.ts';
import { checklistOf, TICKED, UNTICKED } from '../procedures/checklist.ts';
import { procedureOfCall } from '../procedures/ofCall.ts';
import { get, post, type Route } from '../route.ts';
import { introduce } from '../visitor.ts';

export const procedureRoutes: readonly Route[] = [
  get({
    path: 'procedures',
    right: 'seeProcedures',
    summary: 'The newest procedure of each site',
    answer: proceduresSchema,
    handle: async ({ services }) => ({
      procedures: (await services.store.procedures.list()).map((one) => headOf(services, one)),
    }),
  }),
  get({
    path: 'procedures/one',
    right: 'seeProcedures',
    summary: 'One procedure, the newest version unless one is named',
    query: procedureQuerySchema,
    answer: procedureSchema,
    async handle({ services, query }) {
      const found = await services.store.procedures.get(query.site ?? null, query.version ?? null);
      if (!found) throw new PageProblem('notFound', 'There is no such procedure yet.');
      return { ...headOf(services, found), markdown: found.markdown };
    },
  }),
  post({
    path: 'procedures',
    right: 'changeProcedures',
    summary: 'A new version of a procedure; earlier ones are kept',
    body: procedureRequestSchema,
    answer: procedureSchema,
    async handle({ services, visitor, body: { site, after, markdown } }) {
      const { store, now, roster } = services;
      const isKnown = site === null || roster()?.roster.sites.some(({ id }) => id === site);
      if (!isKnown) throw new PageProblem('badRequest', 'The roster has no such site. Nothing was done.');
      await introduce(services, visitor);
      await note(services, visitor, {
        action: 'changed',
        what: 'procedure',
        of: `${site ?? 'all sites'} ${after + 1}`,
      });
      const added = { site, markdown, at: now().toISOString(), by: visitor.recordId, name: visitor.name };
      const written = await store.procedures.insert(after, added);
      if (!written) throw new PageProblem('changedMeanwhile');
      return { ...headOf(services, written), markdown };
    },
  }),
  post({
    path: 'calls/{id}/ticks',
    right: 'answerCalls',
    summary: 'Ticks a line of the procedure that is shown with a call, or takes the tick back; it goes on its timeline',
    body: tickRequestSchema,
    answer: callDetailSchema,
    async handle({ services, visitor, params, body: { site, version, item, isTicked, key } }) {
      const { store, now } = services;
      const call = await callFor(services, visitor, params.id ?? '');
      const shown = await procedureOfCall(services, call, await store.timeline.listOfCall(call.id));
      if (shown?.version !== version || (shown.site?.id ?? null) !== site) throw new PageProblem('changedMeanwhile');
      const text = checklistOf(shown.markdown)[item];
      if (text === undefined) throw new PageProblem('badRequest', 'The procedure has no such line. Nothing was done.');
      await introduce(services, visitor);
      await store.timeline.append(call.id, {
        at: now().toISOString(),
        clock: 'ours',
        kind: isTicked ? TICKED : UNTICKED,
        key: `${visitor.id}|${key}`,
        detail: { by: visitor.recordId, site, version, item, text },
      });
      return callDetail(services, visitor, call);
    },
  }),
];

function headOf(
  services: Services,
  { site, version, at, by, name }: ProcedureVersion,
): Procedures['procedures'][number] {
  const person = { ...personOf(services, by), name };
  return { site: site === null ? null : siteOf(services, site), version, at, by: person };
}
