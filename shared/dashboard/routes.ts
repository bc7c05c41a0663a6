import { me } from './api/me.ts';
import type { Route } from './route.ts';

/** Every address of the API. */
export const routes: readonly Route[] = [me];
