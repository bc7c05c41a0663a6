/** What functions/main.ts registers, under the stand-in for the library that {@link recordFunctions} gives. */
export interface RegisteredFunction {
  name: string;
  kind: 'eventHub' | 'http' | 'storageQueue' | 'timer';
  options: Readonly<Record<string, unknown>>;
}

/** In place of the module `@azure/functions`: keeps what is registered. */
export function recordFunctions() {
  const registered: RegisteredFunction[] = [];
  const keep = (kind: RegisteredFunction['kind']) => (name: string, options: Record<string, unknown>) => {
    registered.push({ name, kind, options });
  };
  const app = {
    eventHub: keep('eventHub'),
    http: keep('http'),
    storageQueue: keep('storageQueue'),
    timer: keep('timer'),
    setup: () => undefined,
    hook: { appStart: () => undefined, appTerminate: () => undefined },
  };
  return { app, registered };
}
