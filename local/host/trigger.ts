import type { Executor, TriggerInput } from './executor.ts';
import type { HostJson } from './hostJson.ts';
import type { BindingInfo, FunctionMetadata, LogLevel } from './rpc.ts';
import type { StorageAccount } from './storageAccount.ts';

/** A function with its trigger, `%NAME%` in whose options stands for the setting of that name. */
export interface TriggeredFunction {
  metadata: FunctionMetadata;
  /** The name of the trigger's binding. */
  bindingName: string;
  trigger: BindingInfo;
}

/** What every trigger needs of the host. */
export interface HostContext {
  hostId: string;
  hostJson: HostJson;
  capabilities: Record<string, string>;
  executor: Executor;
  log(level: LogLevel, category: string, message: string): void;
  /** The value of an app setting; throws by its name when it is missing. */
  setting(name: string): string;
  /** The storage account behind a connection of that name. */
  storage(connection: string): StorageAccount;
  /** The host's own account, `AzureWebJobsStorage`. */
  hostStorage(): StorageAccount;
  /** Wait for a dead owner's partitions and locks as long as the real host does. */
  waitsForOwnershipExpiry: boolean;
  /** Follows what a trigger still says to its source after a function has ended, so that it is not cut off. */
  settle<T>(work: Promise<T>): Promise<T>;
  /** The clock of the app: the real one plus the offset that is set. */
  now(): Date;
  /** Set when the host shuts down. */
  shutdown: AbortSignal;
  /** Ends the host in good order, for a reason that leaves it no other way; whoever runs it starts another. */
  shutDown(reason: string): void;
}

/** Something of the app that the real host may well know, but the local one does not: it does not start. */
export class NotKnownHereError extends Error {
  constructor(what: string) {
    super(`${what} is not known to the local host`);
    this.name = 'NotKnownHereError';
  }
}

/** A trigger at work. */
export interface Listener {
  /** Resolves once nothing new is taken up; what runs is waited for elsewhere. */
  stop(): Promise<void>;
  /** The clock of the app was moved. */
  onClockChange?(): void;
}

/** One kind of trigger. */
export interface TriggerKind {
  /** Throws what is wrong with the options of the trigger, a {@link NotKnownHereError} for what is missing here. */
  check(fn: TriggeredFunction, host: HostContext): void;
  start(fn: TriggeredFunction, host: HostContext): Promise<Listener>;
  /** The input of a function that an administrator fires by hand, with the text given. */
  inputFromText(fn: TriggeredFunction, host: HostContext, text: string): Promise<TriggerInput>;
}
