export const STORAGE_SERVICES = ['blob', 'queue', 'table'] as const;
export type StorageService = (typeof STORAGE_SERVICES)[number];

/**
 * `refuse`: the port is closed. `hang`: the request is taken and never answered. `slow`: it is held for a while.
 * `busy`: 503 `ServerBusy`. `cut`: it takes effect, and the connection breaks in the middle of the answer. `lose`: it
 * takes effect, and the answer never comes. `drop`: the connection breaks before it reaches the service.
 */
export type StorageFaultKind = 'refuse' | 'hang' | 'slow' | 'busy' | 'cut' | 'lose' | 'drop';

export interface StorageFault {
  kind: StorageFaultKind;
  /** All three when left out. */
  service?: StorageService;
  method?: string;
  /** Of path and query, as in `/alerts/EmergencyCalls()?…`. */
  path?: RegExp;
  /** How many requests it meets; all of them, until it is lifted, when left out. */
  times?: number;
  /** How long `slow` holds a request; 2,000 when left out. */
  ms?: number;
}

export interface StorageRequest {
  service: StorageService;
  method: string;
  /** With the query. */
  path: string;
}

/** What became of the requests; under `refuse`, how often a port was closed. */
export type StorageCounts = Record<'passed' | StorageFaultKind, number>;

/** Which faults there are, and what they have met. */
export interface StorageFaultBook {
  /** Throws for a `refuse` that is to meet some requests only: a closed port meets all. Returns what removes it. */
  add(fault: StorageFault): () => void;
  clear(): void;
  isRefusing(service: StorageService): boolean;
  /** The first fault that meets this request, counted. */
  take(request: StorageRequest): StorageFault | null;
  countRefusal(): void;
  counts(): StorageCounts;
}

export function createStorageFaultBook(): StorageFaultBook {
  let active: { fault: StorageFault; left: number }[] = [];
  const counts: StorageCounts = { passed: 0, refuse: 0, hang: 0, slow: 0, busy: 0, cut: 0, lose: 0, drop: 0 };

  return {
    add(fault) {
      check(fault);
      const entry = { fault, left: fault.times ?? Number.POSITIVE_INFINITY };
      active.push(entry);
      return () => {
        active = active.filter((other) => other !== entry);
      };
    },
    clear() {
      active = [];
    },
    isRefusing: (service) =>
      active.some(({ fault }) => fault.kind === 'refuse' && (fault.service ?? service) === service),
    take(request) {
      const entry = active.find(({ fault, left }) => left > 0 && meets(fault, request));
      if (entry) entry.left -= 1;
      counts[entry?.fault.kind ?? 'passed'] += 1;
      return entry?.fault ?? null;
    },
    countRefusal() {
      counts.refuse += 1;
    },
    counts: () => ({ ...counts }),
  };
}

function meets({ kind, service, method, path }: StorageFault, request: StorageRequest): boolean {
  return (
    kind !== 'refuse' &&
    (service ?? request.service) === request.service &&
    (method ?? request.method) === request.method &&
    (path === undefined || path.test(request.path))
  );
}

function check({ kind, method, path, times }: StorageFault): void {
  if (kind === 'refuse' && (method ?? path ?? times) !== undefined) {
    throw new Error('A closed port refuses every request of its service');
  }
  if (times !== undefined && !(Number.isInteger(times) && times > 0)) {
    throw new Error('times must be a whole number above 0');
  }
  // Such an expression remembers where it stopped, and would meet every second request.
  if (path?.global || path?.sticky) throw new Error('path must be an expression without the flags g and y');
}
