import { meSchema } from '../contract.ts';
import { get } from '../route.ts';
import { introduce } from '../visitor.ts';

export const me = get({
  path: 'me',
  right: null,
  summary: 'Who is signed in, what they may do, and what the page needs once',
  answer: meSchema,
  async handle({ services, visitor }) {
    const { name, upn, roles, rights, sites, person } = visitor;
    await introduce(services, visitor);
    return {
      ...{ name, upn, roles: [...roles], rights: [...rights] },
      sites: sites && [...sites],
      personId: person?.id ?? null,
      allSites: (services.roster()?.roster.sites ?? []).map(({ id, name }) => ({ id, name })),
      timeZone: services.timeZone(),
      serviceAccount: services.settings.graph?.serviceAccount ?? null,
      map: services.settings.map,
    };
  },
});
