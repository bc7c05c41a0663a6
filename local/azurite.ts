import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';

export interface StorageAccount {
  name: string;
  /** Base64. */
  key: string;
}

export interface AzuriteOptions {
  /** The accounts it serves, each empty and apart from the others; without, the well-known `devstoreaccount1`. */
  accounts?: readonly StorageAccount[];
  /** A folder where everything is kept. Without, it is kept in memory and nothing is written anywhere. */
  location?: string;
}

export interface Azurite {
  /** Of the account named, or of the first. Throws for a name that is not served. */
  connectionString(accountName?: string): string;
  blobPort: number;
  queuePort: number;
  tablePort: number;
  /** Ends it; what is kept in a folder is saved first. */
  stop(): Promise<void>;
  /** Ends it as a power cut does. */
  kill(): Promise<void>;
}

/** Published by Microsoft for every emulator: https://learn.microsoft.com/azure/storage/common/storage-use-azurite */
const WELL_KNOWN_ACCOUNT: StorageAccount = {
  name: 'devstoreaccount1',
  key: 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
};

const SERVICES = ['Blob', 'Queue', 'Table'] as const;
const START_TIMEOUT_MS = 30_000;
const SAVE_TIMEOUT_MS = 5_000;

/** The channel to the parent closes with the parent, however that ends: nothing is left behind. */
const DIE_WITH_PARENT = 'data:text/javascript,process.on("disconnect",()=>process.kill(process.pid,"SIGKILL"))';

/**
 * Starts Azurite, Microsoft's storage emulator, as a child process on loopback and free ports; resolves when blob,
 * queue and table service listen. It ends with this process. Throws with its own words when it does not start.
 */
export async function startAzurite(options: AzuriteOptions = {}): Promise<Azurite> {
  const accounts = options.accounts?.length ? options.accounts : [WELL_KNOWN_ACCOUNT];
  const child = launch(accounts, options.location);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const kill = () => {
    child.kill('SIGKILL');
    return exited;
  };
  const output = collectOutput(child);
  try {
    const ports = await output.until(portsIn, exited, START_TIMEOUT_MS);
    return {
      connectionString: (name = accounts[0]?.name) => connectionStringOf(findAccount(accounts, name), ports),
      blobPort: ports.Blob,
      queuePort: ports.Queue,
      tablePort: ports.Table,
      kill,
      async stop() {
        if (options.location && child.connected) {
          child.send('shutdown');
          await output.until(isSaved, exited, SAVE_TIMEOUT_MS);
        }
        await kill();
      },
    };
  } catch (caught) {
    await kill();
    throw caught;
  }
}

function launch(accounts: readonly StorageAccount[], location: string | undefined): ChildProcess {
  const script = createRequire(import.meta.url).resolve('azurite/dist/src/azurite.js');
  const flags = SERVICES.map((service) => service.toLowerCase()).flatMap((service) => [
    `--${service}Host`,
    '127.0.0.1',
    `--${service}Port`,
    '0',
  ]);
  const where = location ? ['--location', location] : ['--inMemoryPersistence'];
  return fork(script, [...flags, '--skipApiVersionCheck', '--disableTelemetry', '--silent', ...where], {
    execArgv: ['--import', DIE_WITH_PARENT],
    env: { ...process.env, AZURITE_ACCOUNTS: accounts.map(({ name, key }) => `${name}:${key}`).join(';') },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
}

/** What the child writes, and a way to wait until it holds something. */
function collectOutput(child: ChildProcess) {
  let text = '';
  let check: () => void = () => undefined;
  const add = (chunk: Buffer) => {
    text += chunk.toString();
    check();
  };
  child.stdout?.on('data', add);
  child.stderr?.on('data', add);
  child.on('error', (error) => add(Buffer.from(error.message)));

  return {
    until<T>(find: (text: string) => T | null, exited: Promise<void>, timeoutMs: number): Promise<T> {
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`Azurite took over ${timeoutMs} ms:\n${text}`)), timeoutMs);
        void exited.then(() => {
          clearTimeout(timer);
          reject(new Error(`Azurite ended:\n${text}`));
        });
        check = () => {
          const found = find(text);
          if (found === null) return;
          clearTimeout(timer);
          resolve(found);
        };
        check();
      });
    },
  };
}

type Ports = Record<(typeof SERVICES)[number], number>;

function portsIn(text: string): Ports | null {
  const [Blob, Queue, Table] = SERVICES.map((service) =>
    Number(new RegExp(`${service} service is successfully listening at \\S+:(\\d+)`).exec(text)?.[1] ?? 0),
  );
  return Blob && Queue && Table ? { Blob, Queue, Table } : null;
}

function isSaved(text: string): true | null {
  return SERVICES.every((service) => text.includes(`${service} service successfully closed`)) || null;
}

function findAccount(accounts: readonly StorageAccount[], name: string | undefined): StorageAccount {
  const account = accounts.find((candidate) => candidate.name === name);
  if (!account) throw new Error(`This Azurite serves no account ${name}`);
  return account;
}

function connectionStringOf({ name, key }: StorageAccount, ports: Ports): string {
  const endpoints = SERVICES.map((service) => `${service}Endpoint=http://127.0.0.1:${ports[service]}/${name};`);
  return `DefaultEndpointsProtocol=http;AccountName=${name};AccountKey=${key};${endpoints.join('')}`;
}
