import type { Patch, Row, Rows } from './patch.ts';
import type { SamplePlace } from './places.ts';

/** Something that is put wrong in the sample. */
export interface Plant {
  rule: string;
  /** As the audit names it. */
  object: string;
  planted: string;
  patches: Patch[];
}

/** What plants are chosen from: the tenant as it should be. */
export interface Ground {
  /** Site `n`, from 1 on. */
  place(n: number): SamplePlace;
  /** The nth person with a number of this type in this country, from 0 on. */
  person(type: string, country: string, n: number): { upn: string; user: Row; number: string };
  /** The row of a cmdlet with this value. */
  row(cmdlet: string, name: string, value: unknown): Row;
}

export function createGround(places: readonly SamplePlace[], rows: Rows): Ground {
  const row = (cmdlet: string, name: string, value: unknown) =>
    found(
      rows.get(cmdlet)?.find((each) => each[name] === value),
      `${cmdlet} ${value}`,
    );
  return {
    row,
    place: (n) => found(places[n - 1], `site ${n}`),
    person(type, country, n) {
      const people = new Set(
        rows
          .get('Get-CsOnlineUser')
          ?.flatMap(({ Identity, AccountType }) => (AccountType === 'User' ? [Identity] : [])),
      );
      const numbers = (rows.get('Get-CsPhoneNumberAssignment') ?? []).filter(
        (each) => each.NumberType === type && each.IsoCountryCode === country && people.has(each.AssignedPstnTargetId),
      );
      const number = found(numbers[n], `number ${n} of ${type} in ${country}`);
      const user = row('Get-CsOnlineUser', 'Identity', number.AssignedPstnTargetId);
      return {
        upn: String(user.UserPrincipalName),
        user: { Identity: user.Identity },
        number: String(number.TelephoneNumber),
      };
    },
  };
}

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new RangeError(`The sample has no ${what}`);
  return value;
}

/** One property or more of one row. */
export function change(cmdlet: string, where: Row, set: Row): Patch {
  return { cmdlet, where, set };
}
