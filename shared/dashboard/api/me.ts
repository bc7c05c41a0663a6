import { meSchema } from '../contract.ts';
import { get } from '../route.ts';
import { sitesOf } from '../sites.ts';

export const me = get({
  path: 'me',
  right: null,
  summary: 'Who is signed in, what they may do, and what the page needs once',
  answer: meSchema,
  async handle({ services, visitor }) {
    const { name, upn, roles, rights, sites, person, id } = visitor;
    await services.store.pagePeople.remember({ id, name, upn });
    return {
      ...{ name, upn, roles: [...roles], rights: [...rights] },
      sites: sites && [...sites],
      personId: person?.id ?? null,
      allSites: sitesOf(services.roster()?.roster ?? null),
      timeZone: services.timeZone(),
      serviceAccount: services.settings.graph?.serviceAccount ?? null,
      map: services.settings.map,
    };
  },
});
