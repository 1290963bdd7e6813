import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findServer, noteServer } from "../../../src/node/server-address.ts";

let folder: string;
let server: Server;
let url: string;
const adminSecret = "correct-horse-battery-staple";
const accessSecret = "k1:a-secret-of-some-thirty-two-letters";
let asked: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tessera-server-"));
  asked = [];
  server = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

describe("the address of a running service", () => {
  it("is found beside its buckets until it is taken away", async () => {
    const state = join(folder, "state");
    expect(await findServer(state)).toBeUndefined();
    const forget = noteServer(state, { url, adminSecret, accessSecret });
    expect(await findServer(state)).toEqual({ url, adminSecret, accessSecret });
    expect(asked).toEqual(["/health"]);
    forget();
    expect(await findServer(state)).toBeUndefined();
    expect(await readdir(state)).toEqual([]);
  });

  it("counts for nothing where the service is gone or does not answer", async () => {
    noteServer(folder, { url, adminSecret });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(await findServer(folder)).toBeUndefined();
  });

  it.each(["{", "{}", "null", '{"url":"http://example.org:80","processId":1}', '{"url":"http://127.0.0.1:80@x.org/"}'])(
    "asks nobody for the note %s",
    async (note) => {
      await writeFile(join(folder, "service.json"), note);
      expect(await findServer(folder)).toBeUndefined();
    },
  );

  it("asks nobody where the process of the note is gone", async () => {
    await writeFile(join(folder, "service.json"), JSON.stringify({ url, processId: 2 ** 30 }));
    expect(await findServer(folder)).toBeUndefined();
    expect(asked).toEqual([]);
  });
});
