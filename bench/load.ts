import { connect, type Socket } from "node:net";
import { ResponseReader } from "./response-reader.ts";

/** Requests to make of a server on this machine. */
export interface Load {
  readonly port: number;
  /** Paths of the requests, taken in turn by all connections together. */
  readonly paths: readonly string[];
  /** Connections that are open at once; each asks again as soon as it is answered. */
  readonly connections: number;
  /** No request is begun after this many seconds, nor after `most` requests, if that is given. */
  readonly seconds: number;
  readonly most?: number;
}

/** The outcome of the requests. */
export interface LoadResult {
  /** Of each request answered with 200 in full, in milliseconds. */
  readonly latencies: readonly number[];
  /** From the request to the first byte of the answer, in milliseconds. */
  readonly firstBytes: readonly number[];
  /** What went wrong, by kind: statuses other than 200, broken and silent connections. */
  readonly failures: Readonly<Record<string, number>>;
  /** From the first request to the last answer. */
  readonly seconds: number;
  readonly bytes: number;
}

/** A connection that says nothing for this long has failed. */
const silenceMilliseconds = 60_000;

/**
 * Makes requests on a number of connections at once until the time is up or the count is reached, and waits for the
 * last answers. Loopback only. A request that fails is counted; its connection is opened again. Never rejects.
 */
export async function runLoad(load: Load): Promise<LoadResult> {
  const latencies: number[] = [];
  const firstBytes: number[] = [];
  const failures: Record<string, number> = {};
  let bytes = 0;
  let asked = 0;
  const start = performance.now();
  const isOver = (): boolean =>
    asked >= (load.most ?? Number.POSITIVE_INFINITY) || performance.now() - start > 1000 * load.seconds;
  const runConnection = async (): Promise<void> => {
    let connection: Connection | undefined;
    while (!isOver()) {
      const path = load.paths[asked % load.paths.length] ?? "/";
      asked += 1;
      const begun = performance.now();
      try {
        connection ??= await openConnection(load.port);
        const { status, byteLength, firstByteAt, isClosed } = await connection.ask(path);
        if (status === 200) {
          latencies.push(performance.now() - begun);
          firstBytes.push(firstByteAt - begun);
          bytes += byteLength;
        } else failures[status] = (failures[status] ?? 0) + 1;
        if (isClosed) connection = undefined;
      } catch (error) {
        const kind = error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.message) : String(error);
        failures[kind] = (failures[kind] ?? 0) + 1;
        connection = undefined;
      }
    }
    connection?.close();
  };
  await Promise.all(Array.from({ length: load.connections }, runConnection));
  return { latencies, firstBytes, failures, seconds: (performance.now() - start) / 1000, bytes };
}

/** Adds up what went wrong, by kind. */
export function sumFailures(results: readonly Pick<LoadResult, "failures">[]): Readonly<Record<string, number>> {
  const sum: Record<string, number> = {};
  for (const { failures } of results) {
    for (const [kind, count] of Object.entries(failures)) sum[kind] = (sum[kind] ?? 0) + count;
  }
  return sum;
}

interface Answer {
  readonly status: number;
  readonly byteLength: number;
  /** On the clock of `performance.now`. */
  readonly firstByteAt: number;
  readonly isClosed: boolean;
}

interface Connection {
  ask(path: string): Promise<Answer>;
  close(): void;
}

async function openConnection(port: number): Promise<Connection> {
  const socket = await new Promise<Socket>((resolve, reject) => {
    const opened = connect({ host: "127.0.0.1", port, noDelay: true }, () => resolve(opened));
    opened.once("error", reject);
  });
  socket.removeAllListeners("error");
  let reader = new ResponseReader();
  let waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | undefined;
  let firstByteAt = 0;
  const fail = (error: Error): void => {
    waiting?.reject(error);
    waiting = undefined;
    socket.destroy();
  };
  socket.on("data", (chunk) => {
    if (waiting === undefined) return fail(new Error("unasked bytes"));
    firstByteAt ||= performance.now();
    reader.take(chunk);
    if (!reader.isWhole) return;
    const { status, byteLength, isClosing } = reader;
    waiting.resolve({ status, byteLength, firstByteAt, isClosed: isClosing });
    waiting = undefined;
    if (isClosing) socket.destroy();
  });
  socket.on("error", fail);
  socket.on("close", () => fail(new Error("closed")));
  socket.setTimeout(silenceMilliseconds, () => fail(new Error("silent")));
  return {
    ask(path) {
      reader = new ResponseReader();
      firstByteAt = 0;
      return new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        if (socket.destroyed) return fail(new Error("closed"));
        socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
      });
    },
    close: () => socket.destroy(),
  };
}
