import { BucketError } from "./bucket.ts";
import { connectLocalBucket, type LocalConnection, type LocalPatience } from "./local-bucket-connection.ts";
import { inTurn } from "./local-bucket-turns.ts";

/** Which local buckets are opened, and how they are waited for. */
export interface OpenedLocally {
  readonly configFile: string;
  readonly stateFolder: string;
  readonly patience: LocalPatience;
  readonly signal: AbortSignal | undefined;
}

/** Processes that outlive the command that started them, by what they hold; undefined where each command has its own. */
let shared: Map<string, Promise<LocalConnection>> | undefined;

/**
 * From now on commands of this process, as tests run them, share the process that holds the buckets of a folder: starting it takes longer than
 * most commands. Returns what ends all of them.
 */
export function shareLocalBuckets(): () => Promise<void> {
  const mine = new Map<string, Promise<LocalConnection>>();
  shared = mine;
  return async () => {
    if (shared === mine) shared = undefined;
    await Promise.allSettled([...mine.values()].map(async (connection) => (await connection).close()));
  };
}

/** Starts the process of the local buckets, or joins the one that is shared. Throws BucketError. */
export function openLocalBuckets(options: OpenedLocally): Promise<LocalConnection> {
  return shared === undefined ? open(options) : join(shared, options);
}

/** Calls that fail because another process is in their way are made again. */
async function open(options: OpenedLocally): Promise<LocalConnection> {
  const { signal } = options;
  const { ask, close } = await inTurn(() => start(options), signal);
  return { ask: (call, ...given) => inTurn(() => ask(call, ...given), signal), close };
}

async function start({ configFile, stateFolder, patience, signal }: OpenedLocally): Promise<LocalConnection> {
  const connection = await connectLocalBucket({ stateFolder, patience, signal });
  try {
    await connection.ask("open", { configFile, stateFolder });
  } catch (error) {
    await connection.close();
    throw error;
  }
  return connection;
}

/** A command that is stopped makes no further calls; what could not be opened is tried again by the next. */
async function join(known: Map<string, Promise<LocalConnection>>, options: OpenedLocally): Promise<LocalConnection> {
  const { configFile, stateFolder, signal } = options;
  const place = `${configFile}\n${stateFolder}`;
  const opening = known.get(place) ?? open({ ...options, signal: undefined });
  known.set(place, opening);
  const { ask } = await opening.catch((error) => {
    known.delete(place);
    throw error;
  });
  return {
    ask: (call, ...given) => {
      if (signal?.aborted) throw new BucketError("stopped", "Stopped.");
      return ask(call, ...given);
    },
    close: async () => undefined,
  };
}
