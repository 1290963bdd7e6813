import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runCommandLine } from "../../src/cli/command-line.ts";
import type { Terminal } from "../../src/node/terminal.ts";
import type { Conversions } from "../support/ingest.ts";
import { type EndpointObject, type S3Endpoint, startS3Endpoint } from "../support/s3-endpoint.ts";
import { recordTerminal } from "../support/terminal.ts";
import { tiffConverter } from "../support/tiff-converter.ts";

let endpoints: S3Endpoint[];
let folder: string;
let conversions: Conversions;
beforeEach(async () => {
  endpoints = [];
  folder = await mkdtemp(join(tmpdir(), "tessera-shard-"));
  conversions = [];
});
afterEach(async () => {
  for (const { close } of endpoints) await close();
  await rm(folder, { recursive: true });
});

async function storage(): Promise<S3Endpoint> {
  const endpoint = await startS3Endpoint();
  endpoints.push(endpoint);
  return endpoint;
}

async function lay(...names: readonly string[]): Promise<void> {
  for (const name of names) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), name);
  }
}

async function run(args: readonly string[], environment: Terminal["environment"] = {}) {
  const { terminal, printed, said } = recordTerminal(folder, { environment });
  const status = await runCommandLine(args, { terminal, converter: tiffConverter(conversions) });
  return { status, printed: printed(), said: said() };
}

/** Ingests the folder `scans` into an endpoint. */
function ingest(to: S3Endpoint, args: readonly string[] = [], environment: Terminal["environment"] = {}) {
  const keys = { AWS_ACCESS_KEY_ID: to.accessKeyId, AWS_SECRET_ACCESS_KEY: to.secretAccessKey };
  const place = ["--endpoint", to.url, "--bucket", to.bucket, "--catalogue-bucket", to.catalogueBucket];
  return run(["ingest", join(folder, "scans"), "--to", "remote", ...place, "--json", ...args], {
    ...keys,
    ...environment,
  });
}

/** What is stored, but for what tells runs apart: the feed, and which run has written a record. */
function contentOf(stored: ReadonlyMap<string, EndpointObject>): Readonly<Record<string, string>> {
  const shown = [...stored].filter(([key]) => !key.startsWith("feed/"));
  return Object.fromEntries(shown.map(([key, { bytes }]) => [key, bytes.toString("latin1")]).sort());
}

const images = (report: { readonly images: readonly { readonly identifier: string }[] }) =>
  report.images.map(({ identifier }) => identifier);

const layScans = () =>
  lay(
    ...[
      "atlas/1.tif",
      "atlas/2.tif",
      "atlas/3.tif",
      "maps/b/1.tif",
      "maps/a/1.tif",
      "maps/a/2.tif",
      "maps/c/9.tif",
    ].map((name) => `scans/${name}`),
    ...["letters/one/1.tif", "letters/two/1.tif", "letters/three/1.tif", "maps/a/1.txt", "atlas/atlas.pdf"].map(
      (name) => `scans/${name}`,
    ),
  );

describe("a run in shards", () => {
  it("stores together what one run of everything stores, each image and object once, and its reports merge to that", async () => {
    await layScans();
    const [whole, divided] = [await storage(), await storage()];
    const one = await ingest(whole);
    expect(one.status).toBe(0);
    conversions.length = 0;
    const shards = ["1/3", "2/3", "3/3"];
    const files = [...shards, "last"].map((shard) => `${shard.replace("/", "-")}.json`);
    const endings = await Promise.all(
      shards.map((shard, index) => ingest(divided, ["--shard", shard, "--report", files[index] ?? ""])),
    );
    expect(endings.map(({ status }) => status)).toEqual([0, 0, 0]);
    const reports = endings.map(({ printed }) => JSON.parse(printed));
    // No shard is empty, and the pages of an object are of one.
    expect(reports.map((report) => images(report).length).toSorted()).not.toContain(0);
    expect(reports.filter((report) => images(report).includes("atlas/1")).map(images)).toEqual([
      expect.arrayContaining(["atlas/1", "atlas/2", "atlas/3"]),
    ]);
    expect(conversions.map(({ source }) => source).toSorted()).toEqual(
      JSON.parse(one.printed).images.map(({ source }: { source: string }) => source),
    );
    expect([...divided.catalogue.keys()].filter((key) => key.startsWith("collections/"))).toEqual([]);

    const early = await run(["report", "merge", ...files.slice(0, 2)]);
    expect(early.status).toBe(1);
    expect(early.printed).toMatch(/Missing: --shard last.*\n|Missing: the report of shard 3\/3\.\n/);
    expect(early.printed).toContain("Missing: the report of shard 3/3.");

    expect((await ingest(divided, ["--shard", "last", "--report", files[3] ?? ""])).status).toBe(0);
    expect(contentOf(divided.objects)).toEqual(contentOf(whole.objects));
    expect(contentOf(divided.catalogue)).toEqual(contentOf(whole.catalogue));

    const merged = await run(["report", "merge", ...files, "--json"]);
    expect(merged.status).toBe(0);
    const [all, everything] = [JSON.parse(merged.printed), JSON.parse(one.printed)];
    const told = (report: typeof all) => ({
      images: report.images.map(({ seconds: _, ...image }: Record<string, unknown>) => image),
      totals: { ...report.totals, secondsByStage: Object.keys(report.totals.secondsByStage) },
      objects: report.objects.toSorted((a: { key: string }, b: { key: string }) => (a.key < b.key ? -1 : 1)),
      objectTotals: report.objectTotals,
      collections: report.collections.toSorted((a: { key: string }, b: { key: string }) => (a.key < b.key ? -1 : 1)),
      feed: report.feed,
      skipped: report.skipped,
    });
    expect(told(all)).toEqual(told(everything));
    expect(all.shards).toMatchObject({ missing: [], doubled: [], merged: [{}, {}, {}, { shard: "last", images: 0 }] });
    expect(all.slowest).toHaveLength(10);

    const again = await ingest(divided, ["--shard", "2/3", "--report", "again.json"]);
    expect(JSON.parse(again.printed).totals).toMatchObject({ stored: 0, kept: images(reports[1]).length });
    const doubled = await run(["report", "merge", ...files, "again.json"]);
    expect(doubled.status).toBe(0);
    expect(doubled.printed).toContain("shard 2/3 has several reports, of which the latest counts.");
    expect(doubled.printed).toContain(`${images(reports[1]).length} kept`);

    await ingest(divided, ["--shard", "1/3", "--quality", "50", "--report", "other.json"]);
    const strange = await run(["report", "merge", ...files, "other.json", "scans/atlas/1.tif"]);
    expect([strange.status, strange.printed]).toEqual([2, ""]);
    expect(strange.said).toContain("scans/atlas/1.tif can't be read");
    const mixed = await run(["report", "merge", ...files, "other.json"]);
    expect(mixed.status).toBe(2);
    expect(mixed.said).toContain("other.json is of another run than 1-3.json: with other names, settings or tables.");
  });

  it("takes an object out of a collection that it has left, and checks all files in each shard", async () => {
    await lay("scans/maps/a/1.tif", "scans/maps/b/1.tif");
    const to = await storage();
    await ingest(to);
    await writeFile(join(folder, "objects.csv"), "object,collection\nmaps/a,moved\n");
    const members = (key: string): readonly string[] =>
      JSON.parse(to.catalogue.get(`collections/${key}.json`)?.bytes.toString() ?? "{}").members.map(
        (member: { readonly key: string }) => member.key,
      );
    expect(members("maps")).toEqual(["maps/a", "maps/b"]);
    for (const shard of ["1/2", "2/2"]) {
      expect((await ingest(to, ["--objects", "objects.csv", "--shard", shard])).status).toBe(0);
    }
    expect(members("maps")).toEqual(["maps/b"]);
    expect((await ingest(to, ["--objects", "objects.csv", "--shard", "last"])).status).toBe(0);
    expect(members("moved")).toEqual(["maps/a"]);

    await lay("scans/maps/b/1.png");
    for (const shard of ["1/2", "2/2"]) {
      const { status, said } = await ingest(to, ["--shard", shard]);
      expect([status, said]).toEqual([2, expect.stringContaining("would both be maps/b/1")]);
    }
  });

  it("says in the last step which objects have no record", async () => {
    await lay("scans/a/1.tif", "scans/b/1.tif");
    const { status, printed } = await ingest(await storage(), ["--shard", "last"]);
    expect(status).toBe(1);
    expect(JSON.parse(printed).objects).toMatchObject([
      { key: "a", status: "failed", failure: { code: "not-found" } },
      { key: "b", status: "failed" },
    ]);
  });

  it("finds its shard in the environment, and says before any work what is wrong there", async () => {
    await lay("scans/a/1.tif");
    const to = await storage();
    const batch = { AWS_BATCH_JOB_ARRAY_INDEX: "0", AWS_BATCH_JOB_ARRAY_SIZE: "1" };
    expect(JSON.parse((await ingest(to, ["--shard", "auto"], batch)).printed)).toMatchObject({ shard: "1/1" });
    const wrong = await ingest(to, ["--shard", "auto", "--quality", "0"], { JOB_COMPLETION_INDEX: "3" });
    expect([wrong.status, wrong.said]).toEqual([2, expect.stringContaining("--quality is")]);
    const unsized = await ingest(to, ["--shard", "auto"], { JOB_COMPLETION_INDEX: "3" });
    expect([unsized.status, unsized.said]).toEqual([2, expect.stringContaining("TESSERA_SHARDS is not")]);
  });
});

describe("the exit status of an ingest", () => {
  it("is 75 where a repetition can mend what has failed, whatever else has failed, and 1 where none can", async () => {
    await lay("scans/a/1.tif", "scans/b/1.tif");
    const to = await storage();
    to.fault = ({ operation, key }) => (operation === "PutObject" && key === "b/1" ? "corrupt" : undefined);
    const passing = await ingest(to, ["--jobs", "1"]);
    expect(passing.status).toBe(75);
    expect(JSON.parse(passing.printed).images).toMatchObject([
      { status: "stored" },
      { status: "failed", failure: { code: "corrupted" } },
    ]);
    to.fault = () => undefined;
    const mended = await ingest(to);
    expect([mended.status, JSON.parse(mended.printed).totals]).toEqual([
      0,
      expect.objectContaining({ kept: 1, stored: 1 }),
    ]);
    to.fault = ({ operation }) => (operation === "HeadBucket" ? 403 : operation === "HeadObject" ? 403 : undefined);
    expect((await ingest(to)).status).toBe(1);
  });
});
