import { randomBytes } from 'node:crypto';
import type { State } from '../state.ts';

/** The app id of "Microsoft Graph Change Tracking". */
const PUBLISHER = '0bf30f3b-4a52-48df-9a82-234910c4a086';
/** As long as in Microsoft's example. */
const LIFE_SECONDS = 29_100;

/**
 * The JWT by which an app knows that a rich notification comes from Graph: issued for the app that subscribed, to the
 * publisher. Claims of version 1.0 are those of Microsoft's example. `changes` spoils it and signs it all the same.
 */
export function validationToken(
  state: State,
  applicationId: string,
  changes: Readonly<Record<string, unknown>> = {},
): string {
  const now = Math.floor(state.now().getTime() / 1000);
  const common = {
    aud: applicationId,
    iat: now,
    nbf: now,
    exp: now + LIFE_SECONDS,
    tid: state.tenantId,
    uti: randomBytes(16).toString('base64url'),
  };
  const issuer = `https://sts.windows.net/${state.tenantId}/`;
  const claims =
    state.behaviour.validationTokenVersion === '1.0'
      ? { ...common, iss: issuer, appid: PUBLISHER, appidacr: '2', idp: issuer, ver: '1.0' }
      : {
          ...common,
          iss: `https://login.microsoftonline.com/${state.tenantId}/v2.0`,
          azp: PUBLISHER,
          azpacr: '2',
          ver: '2.0',
        };
  return state.signingKeys.signJwt({ ...claims, ...changes });
}
