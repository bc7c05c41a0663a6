import type {
  CallingPolicy,
  EmergencyCallingPolicy,
  EmergencyCallRoutingPolicy,
  EmergencyNumber,
  ExtendedNotification,
  MobilityPolicy,
  Policy,
  SecurityDesk,
  SharedCallingRoutingPolicy,
} from '../policyConfig.ts';
import { createPropertySorter, type ExportRow } from './exportRow.ts';
import type { RowType } from './rowType.ts';

export function readPolicy(row: ExportRow): Policy {
  const identity = row.policy('Identity');
  if (identity === null) row.neededText('Identity');
  return { identity: identity ?? '', description: row.text('Description'), ...row.other() };
}

export function idOfPolicy({ identity }: Policy): string {
  return identity.toLowerCase();
}

const SECURITY_DESK = ['NotificationGroup', 'NotificationDialOutNumber', 'NotificationMode'] as const;
const NOTIFICATION_MODES = ['NotificationOnly', 'ConferenceMuted', 'ConferenceUnMuted'];

function readSecurityDesk(row: ExportRow): SecurityDesk {
  return {
    notificationGroup: row.parts('NotificationGroup'),
    notificationDialOutNumber: row.text('NotificationDialOutNumber'),
    notificationMode: row.word('NotificationMode', NOTIFICATION_MODES),
  };
}

const sortExtended = createPropertySorter(['EmergencyDialString', ...SECURITY_DESK]);

function readExtended(row: ExportRow): ExtendedNotification {
  return { emergencyDialString: row.neededText('EmergencyDialString'), ...readSecurityDesk(row), ...row.other() };
}

export const emergencyCallingPolicyRows: RowType<EmergencyCallingPolicy> = {
  names: [
    'Identity',
    'Description',
    'ExternalLocationLookupMode',
    'EnhancedEmergencyServiceDisclaimer',
    'ExtendedNotifications',
    ...SECURITY_DESK,
  ],
  signature: ['Identity', 'NotificationGroup', 'NotificationMode'],
  read: (row) => ({
    ...readPolicy(row),
    ...readSecurityDesk(row),
    externalLocationLookupMode: readLookupMode(row),
    enhancedEmergencyServiceDisclaimer: row.text('EnhancedEmergencyServiceDisclaimer'),
    extendedNotifications: row.rows('ExtendedNotifications', sortExtended).map(readExtended),
  }),
  idOf: idOfPolicy,
};

/** Off unless it says otherwise: that is Microsoft's default. */
function readLookupMode(row: ExportRow): 'Enabled' | 'Disabled' {
  const mode = row.word('ExternalLocationLookupMode', ['Enabled', 'Disabled']);
  if (mode === 'Enabled') return mode;
  if (mode !== null && mode !== 'Disabled') row.fault('ExternalLocationLookupMode', 'must be Enabled or Disabled');
  return 'Disabled';
}

const sortNumber = createPropertySorter(['EmergencyDialString', 'EmergencyDialMask', 'OnlinePSTNUsage']);

function readNumber(row: ExportRow): EmergencyNumber {
  return {
    emergencyDialString: row.neededText('EmergencyDialString'),
    emergencyDialMask: row.parts('EmergencyDialMask'),
    onlinePstnUsage: row.text('OnlinePSTNUsage'),
    ...row.other(),
  };
}

export const emergencyCallRoutingPolicyRows: RowType<EmergencyCallRoutingPolicy> = {
  names: ['Identity', 'Description', 'AllowEnhancedEmergencyServices', 'EmergencyNumbers'],
  signature: ['Identity', 'AllowEnhancedEmergencyServices', 'EmergencyNumbers'],
  read: (row) => ({
    ...readPolicy(row),
    allowEnhancedEmergencyServices: row.flag('AllowEnhancedEmergencyServices') ?? false,
    emergencyNumbers: row.rows('EmergencyNumbers', sortNumber).map(readNumber),
  }),
  idOf: idOfPolicy,
};

export const sharedCallingRoutingPolicyRows: RowType<SharedCallingRoutingPolicy> = {
  names: ['Identity', 'Description', 'ResourceAccount', 'EmergencyNumbers'],
  signature: ['Identity', 'ResourceAccount', 'EmergencyNumbers'],
  read: (row) => ({
    ...readPolicy(row),
    resourceAccount: row.text('ResourceAccount')?.toLowerCase() ?? null,
    emergencyNumbers: row.texts('EmergencyNumbers').map((number) => number.replace(/^tel:/i, '')),
  }),
  idOf: idOfPolicy,
};

export const callingPolicyRows: RowType<CallingPolicy> = {
  names: ['Identity', 'Description', 'AllowWebPSTNCalling', 'AllowPrivateCalling'],
  signature: ['Identity', 'AllowWebPSTNCalling'],
  read: (row) => ({
    ...readPolicy(row),
    allowWebPstnCalling: row.flag('AllowWebPSTNCalling'),
    allowPrivateCalling: row.flag('AllowPrivateCalling'),
  }),
  idOf: idOfPolicy,
};

export const mobilityPolicyRows: RowType<MobilityPolicy> = {
  names: ['Identity', 'Description', 'MobileDialerPreference'],
  signature: ['Identity', 'MobileDialerPreference'],
  read: (row) => ({
    ...readPolicy(row),
    mobileDialerPreference: row.word('MobileDialerPreference', ['Teams', 'Native', 'UserOverride']),
  }),
  idOf: idOfPolicy,
};
