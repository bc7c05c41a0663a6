import { callRoutes } from './api/callRoutes.ts';
import { chatRoutes } from './api/chatRoutes.ts';
import { me } from './api/me.ts';
import { procedureRoutes } from './api/procedureRoutes.ts';
import { recordRoutes } from './api/recordRoutes.ts';
import { rosterRoutes } from './api/rosterRoutes.ts';
import { signInRoutes } from './api/signInRoutes.ts';
import { statusRoutes } from './api/statusRoutes.ts';
import { openApiRoute } from './openApi.ts';
import type { Route } from './route.ts';

const described: readonly Route[] = [
  me,
  ...callRoutes,
  ...procedureRoutes,
  ...chatRoutes,
  ...statusRoutes,
  ...signInRoutes,
  ...rosterRoutes,
  ...recordRoutes,
];

/** Every address of the API. */
export const routes: readonly Route[] = [...described, openApiRoute(described)];
