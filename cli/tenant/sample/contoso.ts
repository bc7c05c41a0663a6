import { addPeople, createAccountMaker } from './accounts.ts';
import { networkRows } from './networks.ts';
import type { Rows } from './patch.ts';
import { createGuids, type SamplePlace, samplePlaces } from './places.ts';
import { policyRows } from './policies.ts';
import { addSharedCalling } from './sharedCalling.ts';

/** Contoso as it should be: an audit finds nothing in it. */
export interface Contoso {
  places: readonly SamplePlace[];
  rows: Rows;
}

export function createContoso(seed: number): Contoso {
  const guid = createGuids(seed);
  const places = samplePlaces(guid);
  const maker = createAccountMaker(places, guid);
  addPeople(maker);
  addSharedCalling(maker);
  const { users, numbers, applications, associations, attendants, sharedCalling } = maker.accounts;
  const rows = new Map([
    ...networkRows(places),
    ...policyRows(),
    ['Get-CsTeamsSharedCallingRoutingPolicy', sharedCalling] as const,
    ['Get-CsPhoneNumberAssignment', numbers] as const,
    ['Get-CsOnlineUser', users] as const,
    ['Get-CsOnlineApplicationInstance', applications] as const,
    ['Get-CsOnlineApplicationInstanceAssociation', associations] as const,
    ['Get-CsAutoAttendant', attendants] as const,
  ]);
  return { places, rows };
}
