import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

/** A server that stands for a service that is administered. */
export interface AdminServer {
  readonly url: string;
  readonly close: () => void;
}

/** What was asked of it: the path, what was shown, and the order. */
export interface AdminRequest {
  readonly path: string | undefined;
  readonly shown: string | undefined;
  readonly order: unknown;
}

/** Starts a server on a free port that answers as `listener` says. */
export async function serveAdmin(listener: RequestListener): Promise<AdminServer> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, close: () => void server.close() };
}

/** Returns what a service answers to an order to purge one image, changed as given. */
export const purgeAnswer = (change: object = {}) => ({
  images: 1,
  workersCache: { state: "purged", tags: 1, waiting: 0 },
  dataCentre: { left: 0 },
  derivatives: { pictures: 2, indexes: 1 },
  ...change,
});

/** Answers each order by its turn, and writes it down with what was shown. */
export function answering(answers: readonly object[] = []) {
  const asked: AdminRequest[] = [];
  const listener: RequestListener = async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    asked.push({ path: request.url, shown: request.headers.authorization, order: JSON.parse(body) });
    response.end(JSON.stringify(answers[asked.length - 1] ?? purgeAnswer()));
  };
  return { asked, listener };
}
