import { startServer } from "../../demo/server.ts";
import { testPort } from "./test-port.ts";

/** The service over the local buckets that commands fill. */
export interface LocalService {
  /** Scheme, host and port, by which its documents name it. */
  readonly base: string;
  /** Returns the answer to a path or a URI of it, and how often the buckets were read for it. */
  readonly ask: (uri: string) => Promise<{ readonly status: number; readonly text: string; readonly reads: number }>;
  /** Returns a document. Throws if it is answered with anything but 200. */
  // biome-ignore lint/suspicious/noExplicitAny: documents are read as JSON.
  readonly read: (uri: string) => Promise<any>;
  readonly close: () => Promise<void>;
}

/** Starts the Worker over the buckets of a folder. Throws what starting it throws. */
export async function startLocalService(stateFolder: string): Promise<LocalService> {
  const server = await startServer({ port: await testPort(), stateFolder });
  const base = server.url;
  const ask = async (uri: string) => {
    const response = await fetch(uri.startsWith(base) ? uri : base + uri);
    const reads = /\breads;desc="(\d+)"/.exec(response.headers.get("Server-Timing") ?? "")?.[1];
    return { status: response.status, text: await response.text(), reads: Number(reads) };
  };
  return {
    base,
    ask,
    async read(uri) {
      const { status, text } = await ask(uri);
      if (status !== 200) throw new Error(`${uri} is answered ${status}: ${text}`);
      return JSON.parse(text);
    },
    close: () => server.stop(),
  };
}
