import type { PhoneNumber } from './peopleConfig.ts';

/**
 * Whether it is a number of Operator Connect Mobile (Teams Phone Mobile): by its type, `OCMobile`, or by its capability
 * `TeamsPhoneMobile` (https://learn.microsoft.com/powershell/module/microsoftteams/get-csphonenumberassignment), since
 * the cmdlet may call the type OperatorConnect.
 */
export function isSimEnabled({ numberType, capability }: PhoneNumber): boolean {
  return /^ocmobile$/i.test(numberType) || capability.some((each) => /^teamsphonemobile$/i.test(each));
}
