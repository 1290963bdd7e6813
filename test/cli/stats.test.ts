import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Account, newAccount } from "../../src/account.ts";
import { localBuckets } from "../../src/bucket/local-buckets.ts";
import { runCommandLine } from "../../src/cli/command-line.ts";
import { noteServer } from "../../src/node/server-address.ts";
import { hourBefore, hourOf } from "../../src/statistics/hour.ts";
import { formatRollUp, rollUpKey, rollUpLimits } from "../../src/statistics/roll-up.ts";
import { countObservation, newTally } from "../../src/statistics/tally.ts";
import { tellingConverter } from "../support/ingest.ts";
import { recordTerminal } from "../support/terminal.ts";
import { uploadBytes } from "../support/upload-bytes.ts";

const now = Date.now();
const hour = 3_600_000;

/** A roll-up of some requests of one image. */
function rollUpOf(period: string, identifier: string, requests: number, account: Partial<Account> = {}): string {
  const tally = newTally();
  for (let at = 0; at < requests; at++) {
    const counted = {
      ...newAccount(),
      identifier,
      index: "isolate",
      strategy: "copy",
      sentBytes: 500_000,
      ...account,
    } as const;
    const seen = { class: "image", status: 200, code: "ok", client: "browser", milliseconds: 4, at: now } as const;
    countObservation(tally, { ...seen, account: counted }, rollUpLimits);
  }
  return formatRollUp({ period, from: [`${period}-${identifier}`], tally });
}

let folder: string;
let server: Server;
const asked: (string | undefined)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tessera-stats-"));
  const configFile = join(import.meta.dirname, "..", "..", "wrangler.toml");
  const buckets = localBuckets({ configFile, stateFolder: folder });
  const put = (key: string, text: string) =>
    uploadBytes(buckets.catalogue, { key, bytes: Buffer.from(text), contentType: "application/json" });
  const written = hourBefore(now, hour);
  await put(rollUpKey(written), rollUpOf(written, "a\u001b[31m", 2));
  const week = hourBefore(now, 100 * hour).slice(0, 10);
  await put(rollUpKey(week), rollUpOf(week, "old", 5));
  await put("stats/storage.json", "{}");
  await put("records/a.json", "{}");
  await uploadBytes(buckets.masters, { key: "a", bytes: Buffer.from("pixels"), contentType: "image/tiff" });
  await uploadBytes(buckets.derivatives, {
    key: "derivatives/x/1",
    bytes: Buffer.from("picture"),
    contentType: "image/jpeg",
  });
  await buckets.close();
  // What the service has and nobody has written; of the hour before it is written already.
  const running = [rollUpOf(hourOf(now), "b", 3, { decodedPixels: 2e6 }), rollUpOf(written, "a\u001b[31m", 2)];
  server = createServer((request, response) => {
    if (request.url === "/health") return response.end("{}");
    asked.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    const isFirst = !request.url?.includes("?");
    const hours = [JSON.parse(running[isFirst ? 0 : 1] ?? "")];
    return response.end(JSON.stringify(isFirst ? { hours, next: hourOf(now) } : { hours }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

async function run(args: readonly string[]) {
  const { terminal, printed, said } = recordTerminal(folder);
  const status = await runCommandLine(["stats", ...args], { terminal, converter: tellingConverter([]) });
  return { status, printed: printed(), said: said() };
}

describe("tessera stats", () => {
  it("adds up what was written and what the running service has, nothing twice, and counts what is stored", async () => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const forget = noteServer(folder, { url, adminSecret: "the secret" });
    const { status, printed } = await run(["--to", "local", "--state", folder, "--by", "image", "--storage"]);
    forget();
    expect(status).toBe(0);
    expect(asked).toEqual([
      "GET /admin/stats Bearer the secret",
      `GET /admin/stats?before=${hourOf(now)} Bearer the secret`,
    ]);
    expect(printed).toMatch(/^image +requests +share +MB sent +ms each +reads +MB read +Mpx decoded +last \(UTC\)$/m);
    expect(printed).toMatch(/^b +3 +60 % +1\.5 +4\.0 +0 +0\.0 +6\.0 +\d{4}-/m);
    expect(printed).toMatch(/^a\S*\[31m +2 +40 % +1\.0 /m);
    expect(printed).not.toContain("\u001b");
    expect(printed).toMatch(/^all +5 +100 %/m);
    expect(printed).toContain("Hits of the cache in front of the Worker run no code");
    expect(printed).not.toContain("is missing");
    expect(printed).toMatch(/^masters +1 +0\.000 MB$/m);
    expect(printed).toMatch(/^statistics +3 /m);
    expect(printed).toMatch(/^1 derivative of 0\.000 MB that no request leads to any longer$/m);
  });

  it("says all that is wrong at once", async () => {
    const { status, said } = await run(["--since", "yesterday", "--by", "colour", "x"]);
    expect(status).toBe(2);
    for (const sentence of ["--since is", "--by is", "x is one name too many"]) expect(said).toContain(sentence);
    const service = await run(["--to", "local", "--service", "https://images.example"]);
    expect(service.said).toContain("--service has no effect with --to local");
  });
});
