import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formatWork, workKey } from "../../src/catalogue/work-record.ts";
import { parseCommand } from "../../src/cli/command.ts";
import { runCommandLine } from "../../src/cli/command-line.ts";
import { formatRollUp, rollUpKey } from "../../src/statistics/roll-up.ts";
import { newTally } from "../../src/statistics/tally.ts";
import { tellingConverter } from "../support/ingest.ts";
import { type S3Endpoint, startS3Endpoint } from "../support/s3-endpoint.ts";
import { recordTerminal } from "../support/terminal.ts";
import { makeWork } from "../support/works.ts";

let endpoint: S3Endpoint;
let service: Server;
let url: string;
const asked: string[] = [];

beforeAll(async () => {
  endpoint = await startS3Endpoint();
  const lay = (store: S3Endpoint["objects"], key: string, bytes: Uint8Array) =>
    store.set(key, { bytes: Buffer.from(bytes), etag: "x", headers: {} });
  for (const name of ["book/0001", "book/0002", "book/0003"]) lay(endpoint.objects, name, new Uint8Array(1e6));
  lay(endpoint.catalogue, workKey("book"), formatWork(makeWork()));
  const tally = newTally();
  tally.total.splice(0, 6, 2000, 1, 1, 3000, 1, 100e6);
  tally.images.set("book/0001", { figures: [1500, 1, 1, 1500, 1, 50e6], last: 0 });
  tally.others[0] = 40;
  const period = new Date(Date.now() - 86_400_000).toISOString().slice(0, 13);
  lay(endpoint.catalogue, rollUpKey(period), Buffer.from(formatRollUp({ period, from: ["a"], tally })));
  service = createServer((request, response) => {
    asked.push(request.url ?? "");
    const isLost = request.url?.includes("0002") === true;
    if (isLost)
      response.writeHead(500, { "Content-Type": "application/problem+json" }).end('{"code":"source-malformed"}');
    else if (request.url?.endsWith("info.json")) {
      response.writeHead(200, { "Content-Type": "application/json" }).end('{"width":900,"height":600}');
    } else response.end("picture");
  });
  await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
});
afterAll(async () => {
  service.close();
  await endpoint.close();
});

async function run(...args: readonly string[]) {
  const { bucket, catalogueBucket, derivativesBucket } = endpoint;
  const names = ["--bucket", bucket, "--catalogue-bucket", catalogueBucket];
  const place = ["--to", "remote", "--endpoint", endpoint.url, ...names];
  const derivatives = args[0] === "cost" ? ["--derivatives-bucket", derivativesBucket] : [];
  const { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY } = endpoint;
  const environment = { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY };
  const { terminal, printed, said } = recordTerminal(tmpdir(), { environment });
  const converter = tellingConverter([]);
  const status = await runCommandLine([...args, ...place, ...derivatives], { terminal, converter });
  return { status, printed: printed(), said: said() };
}

const faultsOf = (...args: readonly string[]) => {
  const command = parseCommand(args);
  return command.kind === "wrong" ? command.faults : [];
};

describe("tessera cost", () => {
  it("makes the bill of what is stored and was counted, foretells a month by it, and says what is not known", async () => {
    const { status, printed } = await run("cost", "--views", "1e6", "--hit", "50%");
    expect(status).toBe(0);
    expect(printed).toMatch(/masters +3 objects +3\.0 MB/);
    // A day before, at the beginning of that hour.
    expect(printed).toMatch(/Counted in 2[45] hours since \S+: 2,000 requests that reached the Worker/);
    expect(printed).toMatch(/The hour that is running is missing: .*TESSERA_ADMIN_SECRET is not set/);
    // For 30 days; then half of 40.3 million requests, each of which took 1.5 reads.
    expect(printed).toMatch(/Worker requests.* (?:60,000|57,600) requests +\$0\.02/);
    expect(printed).toMatch(
      /50 % of them answered in front.*1\.50 class B operations\nand 0\.68 ms of CPU \(as was counted\)/,
    );
    expect(printed).toMatch(/Worker requests.* 40,310,000 requests +\$12\.09/);
    expect(printed).toMatch(/are counted nowhere here\. Each is charged/);
    expect(printed).toContain("Prices of November 2026");
  });

  it("tells scripts of an object what it knows, and what it does not", async () => {
    const { status, printed } = await run("cost", "--object", "book", "--json");
    const { stored, counted, foretold, of } = JSON.parse(printed);
    expect([status, of, foretold]).toEqual([0, { kind: "object", key: "book" }, undefined]);
    expect(stored.counts.masters).toEqual({ objects: 2, bytes: 2e6 });
    expect(counted).toMatchObject({ totals: { requests: 1500, reads: 1500 }, unknownRequests: 40 });
  });

  it("ends with 1 for what is not there", async () => {
    const { status, said } = await run("cost", "--collection", "nothing");
    expect([status, said]).toEqual([1, expect.stringContaining("There is no collection nothing")]);
  });

  it("says all that is wrong with a command line", () => {
    expect(faultsOf("cost", "--hit", "2", "--views", "many")).toEqual([
      '--hit is "2", not a part of one such as 0.95',
      '--views is "many", not a number such as 10e6',
    ]);
    expect(faultsOf("cost", "maps", "--object", "a", "--prefix", "b", "--hit", "0.5")).toHaveLength(3);
    expect(faultsOf("cost", "all", "--to", "local")).toEqual([]);
    expect(faultsOf("warm", "--to", "local", "--service", "http://a.b", "--sizes", "400,;wide")).toEqual([
      '--sizes has an entry that is "wide", not a size such as 400, or !800,800 or max',
      "one of identifiers, --prefix, --object and --collection is needed",
      "--service has no effect with --to local",
    ]);
  });
});

describe("tessera warm", () => {
  it("asks for the pages of an object, lists what failed with its code, and ends with 1", async () => {
    const { status, printed } = await run("warm", "--object", "book", "--service", url, "--sizes", "300,;max");
    expect(status).toBe(1);
    expect(printed).toContain("Asked for 2 images: 2 pictures drawn, 0 kept already, 0 copied from masters");
    expect(printed).toContain(`  500 source-malformed ${url}/iiif/3/book%2F0002/info.json`);
    expect(asked).toContain("/iiif/3/book%2F0001/full/300,/0/default.jpg");
  });

  it("goes on after an image, and prints which are meant without asking for them", async () => {
    asked.length = 0;
    const dry = await run("warm", "--prefix", "book/", "--dry-run", "--after", "book/0001");
    expect(dry).toMatchObject({ status: 0, printed: "book/0002\nbook/0003\n" });
    expect(asked).toEqual([]);
    const none = await run("warm", "book/0001", "--service", url, "--after", "book/0009");
    expect([none.status, none.said]).toEqual([1, expect.stringContaining("book/0009 is not among the images")]);
  });
});
