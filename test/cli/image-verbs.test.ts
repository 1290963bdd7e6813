import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { recordKey } from "../../src/catalogue/image-records.ts";
import { moveKey } from "../../src/catalogue/moved.ts";
import { formatWork, workKey } from "../../src/catalogue/work-record.ts";
import { runCommandLine } from "../../src/cli/command-line.ts";
import type { Terminal } from "../../src/node/terminal.ts";
import { type AdminRequest, type AdminServer, answering, serveAdmin } from "../support/admin-server.ts";
import { bucketsAt, tellingConverter } from "../support/ingest.ts";
import { type S3Endpoint, startS3Endpoint } from "../support/s3-endpoint.ts";
import { recordTerminal } from "../support/terminal.ts";
import { uploadBytes } from "../support/upload-bytes.ts";
import { makeImage, makePage, makeWork } from "../support/works.ts";

let endpoint: S3Endpoint;
let service: AdminServer;
let asked: AdminRequest[];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tessera-verbs-"));
});
beforeEach(async () => {
  endpoint = await startS3Endpoint();
  const answers = answering();
  asked = answers.asked;
  service = await serveAdmin(answers.listener);
});
afterEach(async () => {
  service.close();
  await endpoint.close();
});
afterAll(() => rm(folder, { recursive: true }));

async function layMasters(...identifiers: readonly string[]): Promise<void> {
  const { masters } = bucketsAt(endpoint);
  for (const key of identifiers)
    await uploadBytes(masters, { key, bytes: Buffer.from(key), contentType: "image/tiff" });
}

/** Lays an object of these images, and their records. */
async function layObject(key: string, ...identifiers: readonly string[]): Promise<void> {
  const { catalogue } = bucketsAt(endpoint);
  const put = (name: string, bytes: Uint8Array) =>
    uploadBytes(catalogue, { key: name, bytes, contentType: "application/json" });
  for (const identifier of identifiers) {
    const record = { identifier, object: key, metadata: [], width: 4, height: 3 };
    await put(recordKey(identifier), Buffer.from(JSON.stringify(record)));
  }
  const pages = identifiers.map((identifier, at) => makePage(`${at}`, { images: [makeImage({ identifier })] }));
  await put(workKey(key), formatWork(makeWork({ key, pages })));
}

const secret = "correct-horse-battery-staple";

async function run(args: readonly string[], change: Partial<Terminal> = {}, shown = secret) {
  const environment = {
    AWS_ACCESS_KEY_ID: endpoint.accessKeyId,
    AWS_SECRET_ACCESS_KEY: endpoint.secretAccessKey,
    ...(shown === "" ? {} : { TESSERA_ADMIN_SECRET: shown }),
  };
  const { terminal, printed, said } = recordTerminal(folder, { environment, ...change });
  const place = ["--to", "remote", "--endpoint", endpoint.url, "--bucket", endpoint.bucket];
  const status = await runCommandLine([...args, ...place, "--catalogue-bucket", endpoint.catalogueBucket], {
    terminal,
    converter: tellingConverter([]),
  });
  return { status, printed: printed(), said: said() };
}

const masters = () => [...endpoint.objects.keys()].sort();
const orders = () => asked.map(({ order }) => order);
const recordAt = (key: string) => JSON.parse(endpoint.catalogue.get(key)?.bytes.toString() ?? "null");

describe("tessera moved", () => {
  it("writes where images have gone, each in one step, and says what leads nowhere", async () => {
    await layMasters("maps/1", "still");
    const table = join(folder, "moved.csv");
    await writeFile(table, "old,new\na,b\nb,maps/1\nc,gone\nstill,maps/1\nd,nowhere\n");
    const dry = await run(["moved", table, "--dry-run"]);
    expect([dry.status, dry.printed, endpoint.catalogue.size]).toEqual([
      0,
      "4 redirects, 1 gone; nothing was written\n",
      0,
    ]);
    const { status, printed, said } = await run(["moved", "moved.csv"]);
    expect([status, printed]).toEqual([0, expect.stringMatching(/^4 redirects, 1 gone: 5 written, 0 unchanged; in /)]);
    expect(said).toContain("Note: a leads to b leads to maps/1: a leads there at once.");
    expect(said).toContain("Note: still: still stored, and shown until removed.");
    expect(said).toContain("Note: nowhere: not stored");
    expect(["a", "b", "c"].map((name) => recordAt(moveKey(name)))).toEqual([
      { identifier: "a", to: "maps/1" },
      { identifier: "b", to: "maps/1" },
      { identifier: "c" },
    ]);
  });

  it("writes nothing where anything is wrong, and says all of it by row and column", async () => {
    await writeFile(join(folder, "wrong.csv"), "old,new\na,b\nb,a\n,x\ny,\n");
    const { status, said } = await run(["moved", "wrong.csv"]);
    expect([status, endpoint.arrivals.length]).toEqual([2, 0]);
    for (const fault of [
      "wrong.csv: row 4, column A: old is empty.",
      "wrong.csv: row 5, column B: new is empty: it is an identifier, or gone.",
      "wrong.csv: row 2, column B: a leads to b leads to a: a circle.",
    ]) {
      expect(said).toContain(fault);
    }
  });
});

describe("tessera mv", () => {
  it("moves no image where the service would look for it on another server", async () => {
    await layMasters("a");
    const configFile = join(folder, "wrangler.toml");
    const rule = ["[[vars.ORIGINS]]", 'prefix = "web/"', 'kind = "https"', 'endpoint = "https://images.example.org"'];
    await writeFile(configFile, ['name = "x"', ...rule].join("\n"));
    const { status, said } = await run(["mv", "a", "web/x"], { service: { configFile, stateFolder: folder } });
    expect([status, said]).toEqual([2, expect.stringContaining("ORIGINS has a rule for web/")]);
    expect([...endpoint.objects.keys()]).toEqual(["a"]);
  });

  it("moves an image with its record and its page, and purges both names and the documents", async () => {
    await layMasters("scan", "other");
    await layObject("atlas", "scan");
    const { status, printed } = await run(["mv", "scan", "maps/1", "--service", service.url, "--json"]);
    expect(status).toBe(0);
    expect(JSON.parse(printed)).toMatchObject({
      ...{ from: "scan", to: "maps/1", object: "atlas", collections: ["top"], told: 2 },
      steps: ["record", "copy", "object", "redirect", "delete-master", "delete-record"],
      purge: { state: "purged", report: { workersCache: { state: "purged" } } },
    });
    expect(masters()).toEqual(["maps/1", "other"]);
    expect(recordAt(moveKey("scan"))).toEqual({ identifier: "scan", to: "maps/1" });
    expect(recordAt(recordKey("maps/1"))).toMatchObject({ identifier: "maps/1", object: "atlas" });
    expect(asked[0]?.shown).toBe(`Bearer ${secret}`);
    expect(orders()).toEqual([
      { kind: "images", identifiers: ["scan", "maps/1"] },
      { kind: "object", key: "atlas", only: "documents" },
      { kind: "collection", key: "top" },
    ]);
    const refused = await run(["mv", "maps/1", "other", "--service", service.url]);
    expect([refused.status, refused.said]).toEqual([1, "other is stored already, and is another image.\n"]);
    expect(masters()).toEqual(["maps/1", "other"]);
  });

  it("says what is wrong with its arguments, and how to purge where no service can be reached", async () => {
    await layMasters("a scan");
    const wrong = await run(["mv", "x;page=2", ".y"]);
    expect([wrong.status, wrong.said]).toEqual([2, expect.stringContaining("it is page 2 of x: name the image.")]);
    expect(wrong.said).toContain(".y: a part of it starts with a dot");
    const { status, printed } = await run(["mv", "a scan", "b"], {}, "");
    expect([status, masters()]).toEqual([0, ["b"]]);
    expect(printed).toMatch(
      /Not purged: .*TESSERA_ADMIN_SECRET is not set.*\n {2}npx tessera purge 'a scan' b --to remote\n/,
    );
  });
});

describe("tessera rm", () => {
  const many = Array.from({ length: 11 }, (_, at) => `loans/${at}`);

  it("removes what fits a pattern once somebody said yes, and nothing where nobody can", async () => {
    await layMasters(...many, "loans/deep/1", "other");
    const unasked = await run(["rm", "--match", "loans/*"]);
    expect([unasked.status, unasked.said]).toEqual([
      2,
      expect.stringContaining("11 images would be removed: add --yes"),
    ]);
    const questions: string[] = [];
    const confirm = async (question: string) => questions.push(question) > 1;
    expect(await run(["rm", "--match", "loans/*"], { confirm })).toMatchObject({
      status: 1,
      said: "Nothing was removed.\n",
    });
    expect(masters()).toHaveLength(13);
    const { status, printed } = await run(["rm", "--match", "loans/*"], { confirm }, "");
    // It is removed and may still be shown by a cache: that is no withdrawal yet.
    expect([status, masters()]).toEqual([1, ["loans/deep/1", "other"]]);
    expect(questions).toEqual(Array(2).fill("Remove 11 images?"));
    expect(printed).toMatch(
      /^Removed: 11 images, 0 objects.*\nNot purged: .*\n {2}npx tessera purge loans\/0 .* --to remote\n/,
    );
  });

  it("removes an object with its images, says for good that they are gone, and purges them with its documents", async () => {
    await layMasters("1", "2", "other");
    await layObject("atlas", "1", "2");
    const args = ["rm", "--object", "atlas", "--service", service.url];
    const dry = await run([...args, "--dry-run"]);
    expect([dry.status, dry.printed]).toEqual([
      0,
      "1\n2\nthe object atlas has no page left, and goes\n2 images; nothing was removed\n",
    ]);
    const { status, printed } = await run([...args, "--keep-gone"]);
    expect([status, masters()]).toEqual([0, ["other"]]);
    expect(printed).toMatch(/^Removed: 2 images, 1 object;.*\nThe feed tells 2 changes\nPurged: 1 image;/);
    expect([recordAt(workKey("atlas")), recordAt(recordKey("1")), recordAt(moveKey("1"))]).toEqual([
      ...[null, null, { identifier: "1" }],
    ]);
    expect(orders()).toEqual([
      { kind: "images", identifiers: ["1", "2"] },
      { kind: "object", key: "atlas", only: "documents" },
      { kind: "collection", key: "top" },
    ]);
  });

  it("says what is not there, purges what is kept of it all the same, and ends with 1", async () => {
    await layMasters("there");
    const { status, said } = await run(["rm", "there", "nothing", "--service", service.url]);
    expect([status, said, masters()]).toEqual([1, "There is no image nothing.\n", []]);
    expect(orders()).toEqual([{ kind: "images", identifiers: ["there", "nothing"] }]);
  });
});

describe("tessera ingest", () => {
  it("purges what it has replaced, and says how to where no service can be reached", async () => {
    await layMasters("plate", "kept");
    await writeFile(join(folder, "plate.tif"), "a scan");
    await writeFile(join(folder, "new.tif"), "another");
    const files = ["plate.tif", "new.tif"].map((name) => join(folder, name));
    const args = ["ingest", ...files, "--no-objects"];
    const { status, printed } = await run([...args, "--service", service.url]);
    expect([status, orders()]).toEqual([0, [{ kind: "images", identifiers: ["plate"] }]]);
    expect(printed).toContain("Purged: 1 image; 2 pictures and 1 index removed\n");
    const unreachable = await run([...args, "--force", "--json"], {}, "");
    expect(unreachable.status).toBe(0);
    expect(JSON.parse(unreachable.printed).purge).toEqual({
      state: "not-purged",
      reason: expect.stringContaining("TESSERA_ADMIN_SECRET is not set"),
      commands: ["npx tessera purge plate new --to remote"],
    });
    service.close();
    const silent = await run([...args, "--force", "--service", service.url]);
    expect([silent.status, silent.printed]).toEqual([0, expect.stringMatching(/Not purged: .* does not answer/)]);
  });
});
