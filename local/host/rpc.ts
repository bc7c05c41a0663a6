/**
 * What the host and its Node worker say to each other, as far as it is used here. The names are those of
 * https://github.com/Azure/azure-functions-language-worker-protobuf and of the module `@azure/functions-core`.
 */
export interface TypedData {
  string?: string;
  json?: string;
  bytes?: Uint8Array;
  int?: number;
  double?: number;
  http?: HttpData;
  collectionString?: { string: string[] };
  collectionSint64?: { sint64: number[] };
}

export interface NullableString {
  value: string;
}

export interface HttpData {
  method?: string;
  url?: string;
  nullableHeaders?: Record<string, NullableString>;
  nullableQuery?: Record<string, NullableString>;
  nullableParams?: Record<string, NullableString>;
  body?: TypedData | null;
  statusCode?: string;
  headers?: Record<string, string>;
  cookies?: HttpCookie[];
}

export interface HttpCookie {
  name: string;
  value: string;
  domain?: NullableString;
  path?: NullableString;
  expires?: { value: { seconds: number } };
  secure?: { value: boolean };
  httpOnly?: { value: boolean };
  sameSite?: 'none' | 'lax' | 'strict' | 'explicitNone';
  maxAge?: { value: number };
}

/** A trigger, input or output as the app registered it; what else it holds depends on the type. */
export interface BindingInfo {
  type: string;
  direction: 'in' | 'out' | 'inout';
  [option: string]: unknown;
}

export interface RetryOptions {
  maxRetryCount: number;
  retryStrategy: 'fixedDelay' | 'exponentialBackoff';
  delayInterval?: { seconds: number };
  minimumInterval?: { seconds: number };
  maximumInterval?: { seconds: number };
}

export interface FunctionMetadata {
  name: string;
  bindings: Record<string, BindingInfo>;
  retryOptions?: RetryOptions;
}

export interface InvocationRequest {
  invocationId: string;
  functionId: string;
  inputData: { name: string; data: TypedData }[];
  triggerMetadata: Record<string, TypedData>;
  traceContext: { traceParent: string; traceState: string; attributes: Record<string, string> };
  retryContext?: { retryCount: number; maxRetryCount: number; exception?: RpcException };
}

export interface InvocationResponse {
  invocationId: string;
  outputData: { name: string; data: TypedData }[];
  returnValue?: TypedData | null;
}

export interface RpcException {
  message: string;
  stackTrace: string;
}

export type LogLevel = 'trace' | 'debug' | 'information' | 'warning' | 'error' | 'critical' | 'none';

/** `user` for what the app's own code reports, `system` for what worker and library do. */
export interface WorkerLog {
  level: LogLevel;
  category: string;
  message: string;
  functionName?: string;
  invocationId?: string;
}

/** What the worker is started with. */
export interface WorkerStart {
  appDir: string;
  /** Relative to `appDir`; without, `main` of its package.json. */
  mainFile: string | null;
  /** One double: milliseconds to add to the clock of the app. */
  clockOffset: SharedArrayBuffer;
}

export type ToWorker = { type: 'invoke'; request: InvocationRequest } | { type: 'terminate' };

export type FromWorker =
  | { type: 'ready'; functions: FunctionMetadata[]; capabilities: Record<string, string> }
  | { type: 'failed'; reason: string }
  | { type: 'response'; response: InvocationResponse }
  | { type: 'failure'; invocationId: string; exception: RpcException }
  | { type: 'uncaught'; exception: RpcException }
  | { type: 'terminated' }
  | { type: 'log'; log: WorkerLog };
