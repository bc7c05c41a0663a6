/** The newest of what was added. What a long run leaves behind must not fill the memory. */
export interface BoundedList<T> {
  push(item: T): void;
  /** Oldest first. */
  list(): T[];
}

const NEWEST = 10_000;

export function createBoundedList<T>(limit = NEWEST): BoundedList<T> {
  const items: T[] = [];
  return {
    push(item) {
      items.push(item);
      // Cut by halves, so that not every item moves all the others.
      if (items.length >= 2 * limit) {
        items.splice(0, items.length - limit);
      }
    },
    list: () => items.slice(-limit),
  };
}
