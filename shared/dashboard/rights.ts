import { RIGHTS, type Right, type Role } from './contract.ts';

/** An auditor reads and exports the record, and changes nothing; only an administrator changes how the product works. */
const RIGHTS_OF: Readonly<Record<Role, readonly Right[]>> = {
  Administrator: RIGHTS,
  Responder: ['seeCalls', 'answerCalls', 'seeStatus', 'seeRoster', 'testOneself', 'seeStatistics', 'seeProcedures'],
  Auditor: [
    'seeCalls',
    'seeChats',
    'seeStatus',
    'seeRoster',
    'seeStatistics',
    'exportRecord',
    'seeAudit',
    'seeProcedures',
  ],
};

/** Who has several roles may do what any of them may. */
export function rightsOf(roles: readonly Role[]): Right[] {
  return RIGHTS.filter((right) => roles.some((role) => RIGHTS_OF[role].includes(right)));
}
