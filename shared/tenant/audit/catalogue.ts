import { SHARED_CALLING_NUMBER_RULES } from '../sharedCallingNumberRules.ts';
import { SHARED_CALLING_USER_RULES } from '../sharedCallingUserRules.ts';
import type { TenantRule } from '../tenantRule.ts';
import { OPERATOR_CONNECT_MOBILE_RULES } from './operatorConnectMobile.ts';

/** Every rule of the audit, by subject. */
export const CATALOGUE: readonly TenantRule[] = [
  ...SHARED_CALLING_NUMBER_RULES,
  ...SHARED_CALLING_USER_RULES,
  ...OPERATOR_CONNECT_MOBILE_RULES,
];
