import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ServiceBuckets } from "../../src/bucket/bucket.ts";
import { localBuckets } from "../../src/bucket/local-buckets.ts";
import { shareLocalBuckets } from "../../src/bucket/open-local-buckets.ts";
import { checkedBytes, sha256Of } from "../../src/bucket/upload.ts";
import { formatImageRecord, recordKey } from "../../src/catalogue/image-records.ts";
import { formatMoveRecord, moveKey } from "../../src/catalogue/moved.ts";
import { formatWork, workKey } from "../../src/catalogue/work-record.ts";
import { spellOption } from "../../src/cli/arguments.ts";
import { runCommandLine } from "../../src/cli/command-line.ts";
import type { Terminal } from "../../src/node/terminal.ts";
import { indexOf, type NamedDerivative, pictureOf } from "../support/derivatives.ts";
import { bucketsAt, tellingConverter } from "../support/ingest.ts";
import { makeTiff } from "../support/make-tiff.ts";
import { type S3Endpoint, startS3Endpoint } from "../support/s3-endpoint.ts";
import { recordTerminal } from "../support/terminal.ts";
import { makeImage, makePage, makeWork } from "../support/works.ts";

const configFile = join(import.meta.dirname, "..", "..", "wrangler.toml");
const size = { width: 120, height: 90 };
const master = await makeTiff({ ...size, tile: 64, levels: 2, compression: "deflate" });
const { md5: etag } = checkedBytes(master);

let folder: string;
let endSharing: () => Promise<void>;
let endpoint: S3Endpoint;
let place: readonly string[];

/** What lies in the local buckets and at the endpoint: by bucket, with metadata. */
async function content() {
  const record = { identifier: "maps/1", ...size, object: "atlas", former: undefined };
  const page = makePage("1", { ...size, images: [makeImage({ identifier: "maps/1", ...size, sizes: [] })] });
  const labelled = async ({ key, labels }: NamedDerivative) => [key, new Uint8Array(1000), labels] as const;
  return {
    masters: [
      ["maps/1", master, { sha256: sha256Of(master) }],
      ["maps/2", master, { sha256: sha256Of(master) }],
      ["maps/torn", new TextEncoder().encode("no image"), {}],
    ],
    catalogue: [
      [recordKey("maps/1"), formatImageRecord(undefined, record), {}],
      [moveKey("scan-1"), formatMoveRecord({ identifier: "scan-1", to: "maps/1" }), {}],
      [workKey("atlas"), formatWork(makeWork({ key: "atlas", pages: [page] })), {}],
    ],
    derivatives: [
      await labelled(await pictureOf({ master: "maps/1", version: etag })),
      await labelled(await pictureOf({ master: "maps/1", version: "0", width: 801 })),
      await labelled(await indexOf({ master: "gone", version: "0" })),
    ],
  } as const;
}

async function fill(buckets: Pick<ServiceBuckets, "masters" | "catalogue" | "derivatives">): Promise<void> {
  const objects = await content();
  for (const name of ["masters", "catalogue", "derivatives"] as const) {
    for (const [key, bytes, metadata] of objects[name]) {
      await buckets[name].put(key, checkedBytes(bytes), { contentType: "application/octet-stream", metadata });
    }
  }
}

beforeAll(async () => {
  endSharing = shareLocalBuckets();
  folder = await mkdtemp(join(tmpdir(), "tessera-stored-"));
  place = ["--state", join(folder, "state")];
  const local = localBuckets({ configFile, stateFolder: join(folder, "state") });
  await fill(local);
  await local.close();
  endpoint = await startS3Endpoint();
  await fill(bucketsAt(endpoint));
  endpoint.arrivals.length = 0;
}, 60_000);
afterAll(async () => {
  await endpoint.close();
  await endSharing();
  await rm(folder, { recursive: true });
});

async function run(args: readonly string[], change: Partial<Terminal> = {}) {
  const { terminal, printed, said } = recordTerminal(folder, change);
  const status = await runCommandLine(args, { terminal, converter: tellingConverter([]) });
  return { status, printed: printed(), said: said() };
}

const local = (...args: readonly string[]) => run([...args, "--to", "local", ...place]);

function remote(names: readonly ("bucket" | "catalogueBucket" | "derivativesBucket")[], ...args: readonly string[]) {
  const named = names.flatMap((name) => [spellOption(name), endpoint[name]]);
  const environment = { AWS_ACCESS_KEY_ID: endpoint.accessKeyId, AWS_SECRET_ACCESS_KEY: endpoint.secretAccessKey };
  return run([...args, "--endpoint", endpoint.url, ...named], { environment });
}

const jsonLines = (printed: string) =>
  printed
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

describe("the commands on what is stored locally", () => {
  it("list images with what they are, by their records or by range reads", async () => {
    const { status, printed } = await local("ls", "maps/", "--long", "--json");
    expect(status).toBe(0);
    const image = { ...size, pages: 1, compression: "deflate", bytes: master.byteLength, etag };
    expect(jsonLines(printed)).toMatchObject([
      { identifier: "maps/1", ...image, object: "atlas", uploaded: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) },
      { identifier: "maps/2", ...image },
      { identifier: "maps/torn", fault: expect.any(String), bytes: 8 },
    ]);
  });

  it("find what is wrong, a line each", async () => {
    const { status, printed, said } = await local("verify", "--json", "--deep");
    const torn = { kind: "image", name: "maps/torn", code: "not-an-image", bucket: "masters", key: "maps/torn" };
    expect(jsonLines(printed)).toMatchObject([torn]);
    expect(said).toContain("Verified 3 masters, 1 record of images, 1 object, 0 collections: 1 finding\n");
    expect(said).toContain("1 master without a checksum");
    expect(status).toBe(1);
  });

  it("don't take a place where nothing is for one where nothing is wrong", async () => {
    expect(await local("verify", "--sample", "0.0001%")).toMatchObject({
      status: 1,
      printed: "Nothing was verified: the sample of 0.0001 % has nothing of what is stored.\n",
    });
    const absent = await run(["verify", "--to", "local", "--state", "mistyped"]);
    expect(absent).toMatchObject({ status: 2, said: expect.stringContaining("there is no folder mistyped") });
  });

  it("say where an image has gone that is not there", async () => {
    const { status, said } = await local("info", "scan-1");
    expect([status, said]).toEqual([1, expect.stringMatching(/no image scan-1 in .*: it has moved to maps\/1\.\n/)]);
  });

  it("prune what is of masters that were replaced or are gone", async () => {
    const { status, printed } = await local("prune");
    expect([status, printed]).toEqual([
      0,
      "Removed 1 derivative of 0.001 MB: master replaced\nRemoved 1 derivative of 0.001 MB: master gone\nKept 1 derivative of 0.001 MB\n",
    ]);
  });
});

describe("the commands on what is stored remotely", () => {
  it("tell all of an image, and that there is none", async () => {
    const buckets = ["bucket", "catalogueBucket", "derivativesBucket"] as const;
    const { status, printed } = await remote(buckets, "info", "maps/1", "--to", "remote");
    expect(status).toBe(0);
    for (const line of [
      /^maps\/1: served\n {2}file +TIFF/,
      / {2}picture +120 × 90, RGB/,
      / {2}master +maps\/1, stored 1970-01-01 00:00, etag [\da-f]{32}\n/,
      / {2}record +120 × 90\n/,
      / {2}object +atlas "A book", page 1 \(1\) of 1\n/,
      / {2}addresses +\/iiif\/3\/maps%2F1\/info\.json\n/,
      / {2}cache tags +img-[\da-f]{32}, obj-[\da-f]{32}\n/,
      / {2}kept +2 pictures and indexes of 0\.002 MB, 1 of them stale \(0\.001 MB\)\n/,
    ]) {
      expect(printed).toMatch(line);
    }
    const none = await remote(buckets, "info", "maps/3", "--to", "remote");
    expect(none).toMatchObject({
      status: 1,
      printed: "",
      said: expect.stringMatching(/^There is no image maps\/3 in /),
    });
  });

  it("check masters in the bucket as files are checked", async () => {
    const file = join(folder, "1.tif");
    await writeFile(file, master);
    const asFile = JSON.parse((await run(["check", file, "--json"])).printed);
    const names = ["maps/1", "map", "none"];
    const { status, printed, said } = await remote(["bucket"], "check", ...names, "--json", "--from", "remote");
    const { files, totals, skipped } = JSON.parse(printed);
    expect(files.map((found: { file: string }) => found.file)).toEqual(["maps/1", "maps/1", "maps/2", "maps/torn"]);
    expect({ ...files[0], file }).toEqual(asFile.files[0]);
    expect([totals.whole, totals.none, skipped]).toEqual([3, 1, []]);
    expect(said).toBe("There is no image none, and none whose identifier starts with it.\n");
    expect(status).toBe(1);
  });

  it("say what pruning would remove for the reasons that are named", async () => {
    const order = ["prune", "--to", "remote", "--dry-run", "--unknown-settings", "--older-than", "1d", "--json"];
    const { status, printed } = await remote(["bucket", "catalogueBucket", "derivativesBucket"], ...order);
    const removed = { old: { derivatives: 3, bytes: 3000 }, stale: { derivatives: 0, bytes: 0 } };
    expect([status, JSON.parse(printed)]).toMatchObject([0, { dryRun: true, removed, kept: { derivatives: 0 } }]);
    expect(endpoint.derivatives.size).toBe(3);
  });

  it("end with 1 where a bucket fails while something is pruned, and lose nothing", async () => {
    endpoint.fault = ({ operation }) => (operation === "DeleteObjects" ? 403 : undefined);
    const order = ["prune", "--to", "remote", "--orphans"];
    const { status, said } = await remote(["bucket", "derivativesBucket"], ...order);
    endpoint.fault = () => undefined;
    expect([status, said]).toEqual([1, expect.stringContaining("Run the same command again to go on.")]);
    expect(endpoint.derivatives.size).toBe(3);
  });

  it("list thousands of images by nothing but the listing", async () => {
    for (let index = 0; index < 2500; index++) {
      const key = `scan/${String(index).padStart(5, "0")}`;
      endpoint.objects.set(key, { bytes: Buffer.from("x"), etag: "1", headers: {} });
    }
    endpoint.arrivals.length = 0;
    const { status, printed } = await remote(["bucket"], "ls", "scan/", "--to", "remote");
    expect([status, printed.split("\n").length]).toEqual([0, 2501]);
    expect(endpoint.arrivals.map(({ operation }) => operation)).toEqual(Array(3).fill("ListObjectsV2"));
  });
});
