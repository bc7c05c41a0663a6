import { psText } from '../audit/powerShell.ts';
import type { MoveCommand } from './movePlan.ts';

export function teams(line: string, expected: string[] = []): MoveCommand {
  return { shell: 'Teams PowerShell', line, expected };
}

/** Where the number stands: on premises, online, or nowhere any more. `pool`: as the export has it; numbers without "tel:". */
export function showLine(
  upn: string,
  pool: string | null,
  line: string | null,
  onPremLine: string | null,
): MoveCommand {
  return teams(`Get-CsOnlineUser -Identity ${psText(upn)} | fl RegistrarPool, OnPremLineURI, LineURI`, [
    `RegistrarPool : ${pool ?? '<pool>.infra.lync.com'}`,
    `OnPremLineURI : ${uri(onPremLine)}`.trimEnd(),
    `LineURI       : ${uri(line)}`.trimEnd(),
  ]);
}

function uri(telephoneNumber: string | null): string {
  return telephoneNumber === null ? '' : `tel:${telephoneNumber}`;
}

export function showNumbersOf(upn: string, expected: string[]): MoveCommand {
  return teams(
    `Get-CsPhoneNumberAssignment -AssignedPstnTargetId ${psText(upn)} | fl TelephoneNumber, NumberType, NumberSource`,
    expected,
  );
}

export function showNumber(telephoneNumber: string, expected: string[]): MoveCommand {
  return teams(
    `Get-CsPhoneNumberAssignment -TelephoneNumber ${psText(telephoneNumber)} | fl NumberType, Capability, PstnPartnerName, PstnAssignmentStatus, LocationId, LocationUpdateSupported`,
    expected,
  );
}

export function removeNumber(upn: string, telephoneNumber: string, numberType: string): MoveCommand {
  return teams(
    `Remove-CsPhoneNumberAssignment -Identity ${psText(upn)} -PhoneNumber ${psText(telephoneNumber)} -PhoneNumberType ${numberType}`,
  );
}
