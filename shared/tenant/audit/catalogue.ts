import { SHARED_CALLING_NUMBER_RULES } from '../sharedCallingNumberRules.ts';
import { SHARED_CALLING_USER_RULES } from '../sharedCallingUserRules.ts';
import type { TenantRule } from '../tenantRule.ts';
import { CLIENT_RULES } from './clients.ts';
import { LIS_RULES } from './lis.ts';
import { NETWORK_RULES } from './network.ts';
import { NOTIFICATION_RULES } from './notification.ts';
import { NUMBER_RULES } from './numbers.ts';
import { OPERATOR_CONNECT_MOBILE_RULES } from './operatorConnectMobile.ts';
import { ROUTING_RULES } from './routing.ts';

/** Every rule of the audit, by subject. */
export const CATALOGUE: readonly TenantRule[] = [
  ...NOTIFICATION_RULES,
  ...LIS_RULES,
  ...NETWORK_RULES,
  ...ROUTING_RULES,
  ...SHARED_CALLING_NUMBER_RULES,
  ...SHARED_CALLING_USER_RULES,
  ...OPERATOR_CONNECT_MOBILE_RULES,
  ...NUMBER_RULES,
  ...CLIENT_RULES,
];
