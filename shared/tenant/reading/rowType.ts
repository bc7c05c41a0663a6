import type { ExportRow } from './exportRow.ts';

/** How the objects of one cmdlet are read. */
export interface RowType<T> {
  /** Properties that are asked for, in Microsoft's spelling. */
  names: readonly string[];
  /** By these the objects of the cmdlet are known: all of them are always there. */
  signature: readonly string[];
  read(row: ExportRow): T;
  /** What no two objects have in common; `null` where there is no such thing. */
  idOf(object: T): string | null;
}
