import { type Check, type DoctorContext, type DoctorFinding, NOT_USED } from './check.ts';
import { cloudOf } from './cloud.ts';

/** Whether whoever asks is signed in to Azure, without which little of a deployment can be looked at. */
export const azureSignInCheck: Check = {
  part: 'Azure sign-in',
  async look(context) {
    if (!isNeeded(context)) return NOT_USED;
    const { deployment, credential, reading } = context;
    const { resourceManager } = cloudOf(reading.settings.tenant?.graphBaseUrl);
    // Whatever the reason is, its words may hold more than should be shown.
    const token = await credential.getToken(`${resourceManager}/.default`).catch(() => null);
    return token === null
      ? { detail: 'Azure gives you no token', findings: [notSignedIn(deployment?.AZURE_TENANT_ID)] }
      : { detail: 'Azure gives you tokens' };
  },
};

/** Where nothing but connection strings is used, or the app's own identity asks, nobody has to sign in. */
function isNeeded({ deployment, isApp, reading: { settings } }: DoctorContext): boolean {
  const { storage, eventHub, encryptionCertificate } = settings;
  const isByIdentity =
    (storage && 'tableServiceUri' in storage) ||
    (eventHub && 'fullyQualifiedNamespace' in eventHub) ||
    encryptionCertificate;
  return !isApp && (deployment !== null || Boolean(isByIdentity));
}

function notSignedIn(tenantId = '<tenant>'): DoctorFinding {
  return {
    id: 'azureSignIn',
    severity: 'warning',
    what: 'Azure gives you no token here.',
    why: 'Without one most of a deployment cannot be looked at, so nobody knows how it stands.',
    todo: `Sign in to the tenant of the deployment: az login --tenant ${tenantId}, or azd auth login.`,
  };
}
