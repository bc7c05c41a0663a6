/** What an export says of an object and this model does not name, as it was written. */
export interface WithOther {
  /** Absent where there is nothing else. */
  other?: Readonly<Record<string, unknown>>;
}
