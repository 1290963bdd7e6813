import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A page: its HTML, and headers of its own. */
export interface HostedPage {
  readonly body: string;
  readonly [header: string]: string;
}

/** A server of pages that belong to others. */
export interface PageHost {
  /** An origin and a site other than those of the service, which is asked for at 127.0.0.1. */
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** Serves pages by their path on a free port of this machine. */
export async function hostPages(pages: Readonly<Record<string, HostedPage>>): Promise<PageHost> {
  const server = createServer(({ url = "" }, response) => {
    const { body, ...headers } = pages[url] ?? { body: "" };
    response.writeHead(200, { "Content-Type": "text/html", ...headers }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
