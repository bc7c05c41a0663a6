import { callRoutes } from './api/callRoutes.ts';
import { chatRoutes } from './api/chatRoutes.ts';
import { me } from './api/me.ts';
import { statusRoutes } from './api/statusRoutes.ts';
import type { Route } from './route.ts';

/** Every address of the API. */
export const routes: readonly Route[] = [me, ...callRoutes, ...chatRoutes, ...statusRoutes];
