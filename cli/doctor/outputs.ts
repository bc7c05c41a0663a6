import { CannotLookError } from './cannotLook.ts';
import type { DoctorContext } from './check.ts';

/** One output of the deployment. Throws a {@link CannotLookError} where the azd environment does not have it. */
export function outputOf(deployment: DoctorContext['deployment'], name: string): string {
  const value = deployment?.[name];
  if (!value) throw new CannotLookError(`The azd environment has no ${name}`, 'Run: azd env refresh.');
  return value;
}

/** The resource group of the deployment, as Azure Resource Manager names it. */
export function groupOf(deployment: DoctorContext['deployment']): string {
  return `/subscriptions/${outputOf(deployment, 'AZURE_SUBSCRIPTION_ID')}/resourceGroups/${outputOf(deployment, 'AZURE_RESOURCE_GROUP')}`;
}
