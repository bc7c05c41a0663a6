import { note, noteView } from '../audit.ts';
import { personOf } from '../calls/summary.ts';
import {
  auditQuerySchema,
  auditSchema,
  exportQuerySchema,
  statisticsQuerySchema,
  statisticsSchema,
} from '../contract.ts';
import { daysOf } from '../record/days.ts';
import { exportCsv } from '../record/export.ts';
import { statisticsOf } from '../record/statistics.ts';
import { get, type Route } from '../route.ts';

const ENTRIES = 100;

export const recordRoutes: readonly Route[] = [
  get({
    path: 'statistics',
    right: 'seeStatistics',
    summary: 'Calls by week and site, and how long it took until somebody was told and had them',
    query: statisticsQuerySchema,
    answer: statisticsSchema,
    async handle({ services, visitor, query }) {
      await noteView(services, visitor, 'statistics', null);
      return statisticsOf(services, visitor, daysOf({ ...query, zone: query.zone ?? services.timeZone() }));
    },
  }),
  get({
    path: 'export/calls.csv',
    right: 'exportRecord',
    summary: 'The record of the calls of some days, for a spreadsheet; it is noted who exported what',
    query: exportQuerySchema,
    answer: null,
    async handle({ services, visitor, query }) {
      const range = daysOf({ ...query, zone: query.zone ?? services.timeZone() });
      const days = `${range.firstDay} to ${range.lastDay}`;
      await note(services, visitor, { action: 'exported', what: 'calls.csv', of: `${days} (${range.zone})` });
      return {
        contentType: 'text/csv; charset=utf-8',
        fileName: `emergency-calls-${range.firstDay}-${range.lastDay}.csv`,
        text: await exportCsv(services, visitor, range),
      };
    },
  }),
  get({
    path: 'audit',
    right: 'seeAudit',
    summary: 'Who viewed, exported or changed what on the page, the newest first',
    query: auditQuerySchema,
    answer: auditSchema,
    async handle({ services, query }) {
      const { entries, after } = await services.store.pageAudit.list(ENTRIES, query.continuation ?? null);
      return {
        entries: entries.map(({ at, by, name, upn, roles, action, what, of }) => ({
          ...{ at, upn, roles, action, what, of },
          person: { ...personOf(services, by), name },
        })),
        continuation: after,
      };
    },
  }),
];
