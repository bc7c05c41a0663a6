/** An object as PowerShell writes it. */
export type Row = Readonly<Record<string, unknown>>;

/** What each cmdlet gave, by its name. */
export type Rows = ReadonlyMap<string, readonly Row[]>;

/** One change of the data of an export. `where` names properties that one row alone has. */
export type Patch =
  | { cmdlet: string; where: Row; set: Row }
  | { cmdlet: string; where: Row; remove: true }
  | { cmdlet: string; add: Row };

/** Applied to the rows, with what takes it back. Throws where not exactly one row is meant. */
export function applyPatch(rows: Rows, patch: Patch): { rows: Rows; undo: Patch } {
  const { cmdlet } = patch;
  const list = rows.get(cmdlet) ?? [];
  const to = (changed: readonly Row[]) => new Map(rows).set(cmdlet, changed);
  if ('add' in patch) return { rows: to([...list, patch.add]), undo: { cmdlet, where: patch.add, remove: true } };
  const row = theOnly(list, patch.where, cmdlet);
  if ('remove' in patch) return { rows: to(list.filter((each) => each !== row)), undo: { cmdlet, add: row } };
  const changed = { ...row, ...patch.set };
  const before = Object.fromEntries(Object.keys(patch.set).map((name) => [name, row[name] ?? null]));
  const where = Object.fromEntries(Object.keys(patch.where).map((name) => [name, changed[name]]));
  return { rows: to(list.map((each) => (each === row ? changed : each))), undo: { cmdlet, where, set: before } };
}

function theOnly(list: readonly Row[], where: Row, cmdlet: string): Row {
  const isMeant = (row: Row) =>
    Object.entries(where).every(([name, value]) => JSON.stringify(row[name]) === JSON.stringify(value));
  const [row, another] = list.filter(isMeant);
  if (!row || another)
    throw new RangeError(`${cmdlet}: ${row ? 'several rows are' : 'no row is'} ${JSON.stringify(where)}`);
  return row;
}
