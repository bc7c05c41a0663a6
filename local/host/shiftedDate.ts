/**
 * Moves the clock that code of this thread reads through `Date` by `offset[0]` milliseconds, at once whenever that is
 * written to. Timers, `performance.now()` and the clocks of other systems stay as they are.
 */
export function shiftDate(offset: Float64Array): void {
  const RealDate = Date;
  const realNow = RealDate.now;
  RealDate.now = () => realNow() + (offset[0] ?? 0);
  const ShiftedDate = new Proxy(RealDate, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [RealDate.now()] : args, newTarget),
    apply: () => new RealDate(RealDate.now()).toString(),
  });
  RealDate.prototype.constructor = ShiftedDate;
  globalThis.Date = ShiftedDate;
}
