/** The pretend tenant of the embedded stack: Microsoft's sample names, numbers reserved for fiction. No secret here is real. */
export const TENANT = {
  tenantId: '00001111-aaaa-2222-bbbb-3333cccc4444',
  clientId: '11112222-bbbb-3333-cccc-4444dddd5555',
  serviceAccount: {
    id: '22223333-cccc-4444-dddd-5555eeee6666',
    userPrincipalName: 'emergency@contoso.com',
    displayName: 'Emergency Alerts',
  },
  certificate: 'emergency-alerts',
  twilio: {
    accountSid: `AC${'0123456789abcdef'.repeat(2)}`,
    authToken: 'auth-token-of-the-embedded-stack',
    number: '+14255550100',
  },
} as const;
