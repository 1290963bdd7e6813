import { connect } from "node:net";

/** The outcome of a request. */
export interface Visited {
  readonly status: number;
  /** Bytes of the body that came. */
  readonly byteLength: number;
  /** Whether the body came to its end. */
  readonly isWhole: boolean;
  readonly milliseconds: number;
  readonly headers: Headers;
  readonly text: string;
}

/** No visitor waits for longer; a service that takes it has stopped. */
const silenceMilliseconds = 60_000;

/** Asks and reads all of the answer. A connection that breaks is status 0, or a body that is not whole. */
export async function visit(url: string, init: RequestInit = {}): Promise<Visited> {
  const start = performance.now();
  const parts: Uint8Array[] = [];
  let response: Response | undefined;
  let isWhole = false;
  try {
    response = await fetch(url, { ...init, signal: AbortSignal.timeout(silenceMilliseconds) });
    for await (const part of response.body ?? []) parts.push(part as Uint8Array);
    isWhole = true;
  } catch {
    // What came so far tells.
  }
  const body = Buffer.concat(parts);
  return {
    status: response?.status ?? 0,
    byteLength: body.byteLength,
    isWhole,
    milliseconds: performance.now() - start,
    headers: response?.headers ?? new Headers(),
    text: body.byteLength < 4096 ? body.toString() : "",
  };
}

/** A client that sends a request and reads nothing, until it is told to leave. */
export interface Idler {
  /** Whether the service has broken the connection off. */
  readonly isBrokenOff: boolean;
  /** Reads everything that the connection still sends, until it ends. */
  readRest(): Promise<string>;
  leave(): void;
}

/** Asks on a connection of its own and reads nothing of the answer. */
export async function idle(url: string): Promise<Idler> {
  const { hostname, port, pathname, host } = new URL(url);
  let isBrokenOff = false;
  const socket = connect({ host: hostname, port: Number(port) });
  socket.on("error", () => {
    isBrokenOff = true;
  });
  socket.on("close", () => {
    isBrokenOff = true;
  });
  await new Promise<void>((resolve) => socket.once("connect", () => resolve()));
  socket.pause();
  socket.write(`GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  return {
    get isBrokenOff() {
      return isBrokenOff;
    },
    async readRest() {
      const parts: Buffer[] = [];
      socket.on("data", (part) => parts.push(part));
      const ended = new Promise<void>((resolve) => socket.once("close", () => resolve()));
      socket.resume();
      await ended;
      return Buffer.concat(parts).toString("latin1");
    },
    leave: () => socket.destroy(),
  };
}

/** Asks for each URL at once. */
export function visitAll(urls: readonly string[]): Promise<Visited[]> {
  return Promise.all(urls.map((url) => visit(url)));
}
