import { SignInError } from '../../shared/graph/signInError.ts';
import { asRecord } from './azureRest.ts';
import { CannotLookError } from './cannotLook.ts';
import { type Check, type DoctorContext, type DoctorFinding, type Looked, NOT_USED, SEE_SETTINGS } from './check.ts';
import { outputOf } from './outputs.ts';
import { readTokenClaims } from './tokenClaims.ts';

/** https://learn.microsoft.com/graph/permissions-reference#callevents-emergencyreadall */
const PERMISSION = { name: 'CallEvents-Emergency.Read.All', id: 'f0a35f91-2aa6-4a99-9d5a-5b6bcb66204e' };

/** Whether the app itself may read emergency call events: by its own token where it can be had, else by the directory. */
export const appPermissionCheck: Check = {
  part: 'app permission',
  async look(context) {
    const { services, deployment, isApp } = context;
    if (!services) return SEE_SETTINGS;
    if (!services.settings.eventSource) return NOT_USED;
    if (isApp) return services.appSignIn ? lookAtToken(services.appSignIn) : SEE_SETTINGS;
    if (!deployment) return { unseen: 'cannot be seen from here: nobody has the token of the app' };
    return lookInDirectory(context);
  },
};

async function lookAtToken({ getAccessToken }: NonNullable<NonNullable<DoctorContext['services']>['appSignIn']>) {
  try {
    const claims = readTokenClaims(await getAccessToken({ forceRefresh: true }));
    if (claims === null) throw new CannotLookError('The token of the app cannot be read');
    return verdict(claims.roles.includes(PERMISSION.name));
  } catch (caught) {
    if (!(caught instanceof SignInError)) throw caught;
    return { detail: `no token (${caught.code})`, findings: [noToken(caught)] };
  }
}

/** https://learn.microsoft.com/graph/api/serviceprincipal-list-approleassignments */
async function lookInDirectory({ azure, deployment }: DoctorContext): Promise<Looked> {
  const id = outputOf(deployment, 'AZURE_MANAGED_IDENTITY_PRINCIPAL_ID');
  const { status, body } = await azure.directory(
    `/servicePrincipals/${encodeURIComponent(id)}/appRoleAssignments?$top=100`,
  );
  if (status === 404)
    throw new CannotLookError('The directory does not know the managed identity', 'Run: azd provision --no-state.');
  const granted = Array.isArray(body.value) ? body.value.map((item) => asRecord(item).appRoleId) : [];
  return verdict(granted.includes(PERMISSION.id));
}

function verdict(isGranted: boolean): Looked {
  return isGranted
    ? { detail: `${PERMISSION.name} is granted` }
    : { detail: `${PERMISSION.name} is missing`, findings: [missing()] };
}

const WHY =
  'Graph does not tell us of emergency call events: the chats of the service account are the only source left.';

function missing(): DoctorFinding {
  return {
    id: 'appPermission',
    severity: 'critical',
    what: `The managed identity has no permission ${PERMISSION.name}.`,
    why: WHY,
    todo: 'Let an administrator of Entra run scripts/grant-permissions; it can take hours until a token has it.',
  };
}

function noToken({ message, kind }: SignInError): DoctorFinding {
  return {
    id: 'appToken',
    severity: kind === 'temporary' ? 'warning' : 'critical',
    what: `The managed identity gets no token. ${message}`,
    why: WHY,
    todo: 'Azure portal, the function app, Identity: the user-assigned identity must be there. Compare MANAGED_IDENTITY_CLIENT_ID.',
  };
}
