import type { BindingInfo, FunctionMetadata, InvocationRequest, InvocationResponse, LogLevel } from './rpc.ts';

/** The part of the module `@azure/functions-core` that the library asks of the worker, and the other way round. */
export type FunctionCallback = (...args: unknown[]) => unknown;
export type HookCallback = (context: object) => unknown;

export interface ProgrammingModel {
  name: string;
  version: string;
  getInvocationModel(context: CoreInvocationContext): InvocationModel | Promise<InvocationModel>;
  getCapabilities?(defaults: Record<string, string>): Record<string, string> | Promise<Record<string, string>>;
}

export interface CoreInvocationContext {
  invocationId: string;
  request: InvocationRequest;
  metadata: { name: string; bindings: Record<string, BindingInfo> };
  state?: 'preInvocationHooks' | 'invocation' | 'postInvocationHooks' | undefined;
  log(level: LogLevel, category: string, message: string): void;
}

export interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], callback: FunctionCallback): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<InvocationResponse>;
}

const HOOKS = ['appStart', 'appTerminate', 'preInvocation', 'postInvocation'] as const;
export type HookName = (typeof HOOKS)[number];

/** What the app has registered so far. */
export interface App {
  functions: Map<string, { metadata: FunctionMetadata; callback: FunctionCallback }>;
  hooks: Record<HookName, HookCallback[]>;
  programmingModel: ProgrammingModel | null;
  /** Functions can be registered during the start only. */
  isIndexed: boolean;
  /** Shared by all hooks. */
  appHookData: Record<string, unknown>;
  /** Shared by the hooks of start and end. */
  appLevelHookData: Record<string, unknown>;
}

export function createApp(): App {
  return {
    functions: new Map(),
    hooks: { appStart: [], appTerminate: [], preInvocation: [], postInvocation: [] },
    programmingModel: null,
    isIndexed: false,
    appHookData: {},
    appLevelHookData: {},
  };
}

/** The module itself. Its version is that of the Node worker whose behaviour is followed. */
export function createCoreModule(app: App, log: (level: LogLevel, category: string, message: string) => void) {
  return {
    version: '3.10.0',
    hostVersion: '4.1037.0',
    log,
    setProgrammingModel(model: ProgrammingModel): void {
      app.programmingModel = model;
    },
    getProgrammingModel: () => app.programmingModel,
    registerFunction: (metadata: FunctionMetadata, callback: FunctionCallback) =>
      registerFunction(app, metadata, callback),
    registerHook: (name: string, callback: HookCallback) => registerHook(app, name, callback),
    Disposable,
  };
}

function registerFunction(app: App, metadata: FunctionMetadata, callback: FunctionCallback): Disposable {
  if (app.isIndexed) throw new Error('A function can only be registered during app startup.');
  if (app.functions.has(metadata.name)) {
    throw new Error(`A function with id "${metadata.name}" has already been registered.`);
  }
  app.functions.set(metadata.name, { metadata, callback });
  return new Disposable(() => {
    if (app.isIndexed) throw new Error('A function can only be disposed during app startup.');
    app.functions.delete(metadata.name);
  });
}

function registerHook(app: App, name: string, callback: HookCallback): Disposable {
  const hookName = HOOKS.find((known) => known === name);
  // Not the RangeError of the real worker: the library would say that the host is too old.
  if (!hookName) throw new Error(`The local host runs no "${name}" hooks.`);
  const hooks = app.hooks[hookName];
  hooks.push(callback);
  return new Disposable(() => {
    if (hooks.includes(callback)) hooks.splice(hooks.indexOf(callback), 1);
  });
}

class Disposable {
  readonly #onDispose: () => void;

  constructor(onDispose: () => void) {
    this.#onDispose = onDispose;
  }

  dispose(): void {
    this.#onDispose();
  }
}
