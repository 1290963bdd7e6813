import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { type Origin, readOrigins } from "../../src/config/origins.ts";

/** A request as it arrived. */
export interface OriginArrival {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
}

/** A server of files that answers as a test wants it to. */
export interface HostileOrigin {
  readonly url: string;
  /** Files by path. */
  readonly files: Map<string, { bytes: Uint8Array; etag: string }>;
  readonly arrivals: OriginArrival[];
  /** Answers in place of the server, which else does all that is right; cleared by setting it to undefined. */
  answer: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
  /** Bytes that were written to clients, what lies in the buffers of sockets included. */
  readonly sentBytes: () => number;
  /** Resolves when the next connection is closed by whom it leads to. */
  readonly nextClose: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Starts the server on a free port of this machine. */
export async function startHostileOrigin(): Promise<HostileOrigin> {
  const sockets = new Set<Socket>();
  const waiting: (() => void)[] = [];
  let closedBytes = 0;
  const server = createServer((request, response) => {
    origin.arrivals.push({ path: request.url ?? "", headers: request.headers });
    response.on("error", () => undefined);
    (origin.answer ?? ((asked, answering) => answerWell(origin, asked, answering)))(request, response);
  });
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => {
      sockets.delete(socket);
      closedBytes += socket.bytesWritten;
      for (const resolve of waiting.splice(0)) resolve();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin: HostileOrigin = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    files: new Map(),
    arrivals: [],
    answer: undefined,
    sentBytes: () => [...sockets].reduce((sum, { bytesWritten }) => sum + bytesWritten, closedBytes),
    nextClose: () => new Promise((resolve) => waiting.push(resolve)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return origin;
}

/** Returns the rule of a configuration as it is read. Throws what is wrong with it. */
export function originOf(
  rule: Readonly<Record<string, unknown>>,
  secrets: Readonly<Record<string, unknown>> = {},
): Origin {
  const faults: string[] = [];
  const [origin] = readOrigins([rule], secrets, faults);
  if (origin === undefined) throw new Error(faults.join("; "));
  return origin;
}

/** Writes without an end, as fast as the other side takes it. */
export function pourInto(response: ServerResponse): void {
  const piece = Buffer.alloc(1 << 16, "x");
  const pour = (): void => {
    while (!response.destroyed && response.write(piece));
  };
  response.on("drain", pour);
  pour();
}

/** Writes headers without an end, as fast as the other side takes them. */
export function pourHeaders({ socket }: ServerResponse): void {
  const line = `X-More: ${"x".repeat(9000)}\r\n`;
  const pour = (): void => {
    while (socket !== null && !socket.destroyed && socket.write(line));
  };
  socket?.write("HTTP/1.1 206 Partial Content\r\n");
  socket?.on("drain", pour);
  pour();
}

function answerWell({ files }: HostileOrigin, { url = "", headers }: IncomingMessage, response: ServerResponse): void {
  const file = files.get(url);
  if (file === undefined) return void response.writeHead(404).end("There is no such file.");
  const { bytes, etag } = file;
  const condition = headers["if-match"];
  if (condition !== undefined && condition !== etag) return void response.writeHead(412).end();
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? "") ?? [];
  if (first === undefined) return void response.writeHead(200, { ETag: etag }).end(bytes);
  const offset = Number(first);
  if (offset >= bytes.length) {
    return void response.writeHead(416, { "Content-Range": `bytes */${bytes.length}` }).end();
  }
  const part = bytes.subarray(offset, Number(last) + 1);
  const place = `bytes ${offset}-${offset + part.length - 1}/${bytes.length}`;
  response.writeHead(206, { ETag: etag, "Content-Range": place, "Content-Length": part.length }).end(part);
}
