import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import type { PageHost } from "./page-host.ts";

const mediaTypes: Readonly<Record<string, string>> = {
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".html": "text/html",
  ".svg": "image/svg+xml",
  ".png": "image/png",
};

/** Serves folders by the first segment of a path, and pages by theirs, on a free port of this machine. */
export async function hostFolders(
  folders: Readonly<Record<string, string>>,
  pages: Readonly<Record<string, string>>,
): Promise<PageHost> {
  const server = createServer(async ({ url = "/" }, response) => {
    const [, name = "", path = ""] = /^\/([^/?]*)([^?]*)/.exec(url) ?? [];
    const page = pages[`/${name}`];
    if (page !== undefined) return response.writeHead(200, { "Content-Type": "text/html" }).end(page);
    const folder = folders[name];
    const file = folder === undefined ? undefined : join(folder, normalize(path));
    const bytes = file === undefined ? undefined : await readFile(file).catch(() => undefined);
    if (file === undefined || bytes === undefined) return response.writeHead(404).end();
    response.writeHead(200, { "Content-Type": mediaTypes[extname(file)] ?? "application/octet-stream" }).end(bytes);
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
