import { readdirSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkedBytes } from "../../src/bucket/upload.ts";
import { runCommandLine } from "../../src/cli/command-line.ts";
import type { Converter } from "../../src/job/job-image.ts";
import { IngestError } from "../../src/node/ingest-error.ts";
import type { Conversions } from "../support/ingest.ts";
import { type S3Endpoint, startS3Endpoint } from "../support/s3-endpoint.ts";
import { recordTerminal } from "../support/terminal.ts";
import { tiffConverter } from "../support/tiff-converter.ts";

/** Where masters and records go, and where sources come from. */
let target: S3Endpoint;
let origin: S3Endpoint;
let folder: string;
let conversions: Conversions;
let formerTemporary: string | undefined;
beforeEach(async () => {
  [target, origin] = [await startS3Endpoint(), await startS3Endpoint()];
  folder = await mkdtemp(join(tmpdir(), "tessera-s3-sources-"));
  await mkdir(join(folder, "tmp"));
  formerTemporary = process.env.TMPDIR;
  process.env.TMPDIR = join(folder, "tmp");
  conversions = [];
});
afterEach(async () => {
  if (formerTemporary === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = formerTemporary;
  await target.close();
  await origin.close();
  await rm(folder, { recursive: true });
});

function lay(...keys: readonly string[]): void {
  for (const key of keys) layBytes(key, Buffer.from(key));
}

function layBytes(key: string, bytes: Buffer): void {
  origin.objects.set(key, { bytes, etag: checkedBytes(bytes).md5, headers: {} });
}

async function run(args: readonly string[], change: Partial<Converter> = {}, environment = {}) {
  const { terminal, printed, said } = recordTerminal(folder, {
    environment: {
      AWS_ACCESS_KEY_ID: target.accessKeyId,
      AWS_SECRET_ACCESS_KEY: target.secretAccessKey,
      ...environment,
    },
  });
  const converter = { ...tiffConverter(conversions), ...change };
  const status = await runCommandLine(args, { terminal, converter });
  return { status, printed: printed(), said: said() };
}

function ingest(sources: readonly string[], args: readonly string[] = [], change: Partial<Converter> = {}) {
  const place = ["--endpoint", target.url, "--bucket", target.bucket, "--catalogue-bucket", target.catalogueBucket];
  const from = ["--source-endpoint", origin.url];
  return run(["ingest", ...sources, "--to", "remote", ...place, ...from, "--json", ...args], change);
}

const temporaryFiles = () =>
  readdirSync(join(folder, "tmp"), { recursive: true }).filter((name) => /\.\w+$/.test(`${name}`));
const fetched = () => origin.arrivals.filter(({ operation }) => operation === "GetObject").map(({ key }) => key);

describe("sources in a bucket", () => {
  it("are taken by the rules for folders, with texts, PDFs and tables beside them, each on the disk while it is worked on", async () => {
    const alto = Buffer.from(
      '<alto><Page WIDTH="80" HEIGHT="60"><TextLine HPOS="8" VPOS="6" WIDTH="4" HEIGHT="2"><String CONTENT="Wort"/></TextLine></Page></alto>',
    );
    lay(
      "scans/",
      "scans/atlas/1.tif",
      "scans/atlas/2.tif",
      "scans/atlas/atlas.pdf",
      "scans/a b&c/地図.tif",
      "other/x.tif",
    );
    lay("scans/.hidden/1.tif", "scans/atlas/._1.tif", "scans/atlas/notes.doc", "scans/readme.txt");
    layBytes("scans/atlas/1.xml", alto);
    layBytes("tables/objects.csv", Buffer.from("object,label\natlas,An atlas\n"));
    const onDisk: number[] = [];
    const { convertMaster } = tiffConverter(conversions);
    const watched: Partial<Converter> = {
      convertMaster: async (source, ...rest) => {
        onDisk.push(temporaryFiles().length);
        expect(await readFile(source, "utf8")).toMatch(/^scans\//);
        return convertMaster(source, ...rest);
      },
    };
    origin.listedAtOnce = 3;
    const args = ["--objects", "s3://masters/tables/objects.csv", "--jobs", "1"];
    const { status, printed, said } = await ingest(["s3://masters/scans"], args, watched);
    expect([status, said]).toEqual([0, expect.stringContaining("s3://masters/scans/atlas/2.tif as atlas/2")]);
    const report = JSON.parse(printed);
    expect(report.images).toMatchObject([
      { source: "s3://masters/scans/a b&c/地図.tif", identifier: "a-b-c/地図", status: "stored", bytesIn: 22 },
      { source: "s3://masters/scans/atlas/1.tif", identifier: "atlas/1", seconds: { fetch: expect.any(Number) } },
      { source: "s3://masters/scans/atlas/2.tif", identifier: "atlas/2", status: "stored" },
    ]);
    expect(report.skipped).toEqual([
      { kind: "hidden", count: 2, examples: ["s3://masters/scans/.hidden/1.tif"] },
      { kind: "other-extension", count: 2, examples: [], extensions: { ".doc": 1, ".txt": 1 } },
    ]);
    const record = JSON.parse(target.catalogue.get("objects/atlas.json")?.bytes.toString() ?? "");
    expect(record).toMatchObject({ label: { none: ["An atlas"] }, attachments: [{ file: "atlas.pdf" }] });
    expect(record.pages.map(({ text }: { text?: { file: string } }) => text?.file)).toEqual(["1.alto.xml", undefined]);
    expect(target.catalogue.get("attachments/atlas/atlas.pdf")?.bytes.toString()).toBe("scans/atlas/atlas.pdf");
    expect(onDisk).toEqual([1, 1, 1]);
    expect(readdirSync(join(folder, "tmp"))).toEqual([]);
    expect(origin.arrivals.filter(({ operation }) => operation === "ListObjectsV2")).toHaveLength(4);
  });

  it("are not fetched again where their etag says that they are the same, and are where it says nothing", async () => {
    lay("scans/a/1.tif", "scans/a/2.tif");
    origin.objects.set("scans/a/2.tif", { bytes: Buffer.from("2"), etag: "of-its-own", headers: {} });
    await ingest(["s3://masters/scans/"]);
    expect(target.objects.get("a/1")?.headers).toMatchObject({
      "x-amz-meta-source-etag": origin.objects.get("scans/a/1.tif")?.etag,
    });
    expect(target.objects.get("a/2")?.headers).not.toHaveProperty("x-amz-meta-source-etag");
    origin.arrivals.length = 0;
    const again = await ingest(["s3://masters/scans/"]);
    expect(JSON.parse(again.printed).totals).toMatchObject({ kept: 2, stored: 0 });
    expect(fetched()).toEqual(["scans/a/2.tif"]);
    layBytes("scans/a/1.tif", Buffer.from("another"));
    const replaced = await ingest(["s3://masters/scans/"]);
    expect(JSON.parse(replaced.printed).totals).toMatchObject({ kept: 1, replaced: 1 });
    conversions.length = 0;
    await ingest(["s3://masters/scans/"], ["--quality", "70"]);
    expect(conversions).toHaveLength(2);
  });

  it("are brought at once, each to a file of its own, also before the folder for them is made", async () => {
    const keys = Array.from({ length: 6 }, (_, index) => `scans/${index}.tif`);
    for (const key of keys) origin.objects.set(key, { bytes: Buffer.from(key), etag: "of-its-own", headers: {} });
    const read: string[] = [];
    const { convertMaster } = tiffConverter(conversions);
    const { printed } = await ingest(["s3://masters/scans"], ["--jobs", "6"], {
      convertMaster: async (source, ...rest) => {
        read.push(await readFile(source, "utf8"));
        return convertMaster(source, ...rest);
      },
    });
    expect(JSON.parse(printed).totals).toMatchObject({ stored: 6, failed: 0 });
    expect(read.toSorted()).toEqual(keys);
  });

  it("fail by themselves, by the name that they have there, and leave nothing on the disk", async () => {
    lay("scans/a/1.tif", "scans/a/2.tif", "scans/a/3.tif");
    const failing = {
      convertMaster: async (source: string) => {
        throw new IngestError("damaged", `${source} is damaged: cut off.`);
      },
    };
    const { status, printed } = await ingest(["s3://masters/scans/a/2.tif"], [], failing);
    expect([status, JSON.parse(printed).images]).toMatchObject([
      1,
      [{ identifier: "2", failure: { code: "damaged", message: "s3://masters/scans/a/2.tif is damaged: cut off." } }],
    ]);
    // As one that was moved to an archive.
    origin.fault = ({ operation, key }) => (operation === "GetObject" && key === "scans/a/1.tif" ? 403 : undefined);
    const refused = await ingest(["s3://masters/scans"], ["--jobs", "1"]);
    expect([refused.status, JSON.parse(refused.printed).images]).toMatchObject([
      1,
      [{ failure: { code: "unreadable", message: expect.stringContaining("403 Made") } }, { status: "stored" }, {}],
    ]);
    target.objects.clear();
    // Replaced between its listing and its turn.
    origin.fault = ({ operation, key }) => {
      if (operation === "GetObject" && key === "scans/a/3.tif") layBytes(key, Buffer.from("another"));
      return undefined;
    };
    const replaced = await ingest(["s3://masters/scans"], ["--jobs", "1"]);
    expect(replaced.status).toBe(75);
    expect(JSON.parse(replaced.printed).images).toMatchObject([
      { status: "stored" },
      { status: "stored" },
      {
        status: "failed",
        failure: { code: "changed", message: expect.stringContaining("was replaced while it was read") },
      },
    ]);
    expect(readdirSync(join(folder, "tmp"))).toEqual([]);
    const inspectSource = async (source: string) => {
      throw new IngestError("unsupported", `${source} is of another kind.`);
    };
    const dry = await ingest(["s3://masters/scans/a/1.tif"], ["--dry-run"], { inspectSource });
    expect(JSON.parse(dry.printed).images).toMatchObject([
      { failure: { message: "s3://masters/scans/a/1.tif is of another kind." } },
    ]);
    expect(readdirSync(join(folder, "tmp"))).toEqual([]);
  });

  it("are refused where they can't be reached, before anything is done, with all that is lacking", async () => {
    lay("scans/a/1.tif");
    const faultsOf = async (args: readonly string[], environment = {}) => {
      const { status, said } = await run(["ingest", ...args, "--to", "local", "--dry-run"], {}, environment);
      expect(status).toBe(2);
      return said;
    };
    expect(await faultsOf(["s3://masters/scans"])).toContain("neither --source-region (or AWS_REGION) nor");
    const half = await faultsOf(["s3://masters/scans"], { TESSERA_SOURCE_ACCESS_KEY_ID: "a", AWS_REGION: "eu-west-1" });
    expect(half).toContain("TESSERA_SOURCE_SECRET_ACCESS_KEY is not set");
    expect(half).not.toContain("region");
    const plain = await faultsOf(["s3://masters/scans", "--source-endpoint", "http://storage.example"]);
    expect(plain).toContain("signed requests only go over https");
    expect(await faultsOf([folder, "--source-region", "eu-west-1"])).toContain("no effect without a source in s3://");
    const at = ["--source-endpoint", origin.url];
    expect(await faultsOf(["s3://", ...at])).toContain(
      "s3:// is not s3://BUCKET, s3://BUCKET/FOLDER or s3://BUCKET/FILE",
    );
    expect(await faultsOf(["s3://none/scans", ...at])).toContain("s3://none/scans is not there: there is no bucket");
    expect(await faultsOf(["s3://masters/empty", ...at])).toContain("s3://masters/empty holds no image");
    const pages = ["--pages", "all", ...at];
    expect(await faultsOf(["s3://masters/scans", ...pages])).toContain("--pages all takes files of this machine alone");
    const { status, said } = await run(["check", "s3://masters/scans"]);
    expect([status, said]).toEqual([2, expect.stringContaining("from which this command takes no files")]);
    const wrong = { TESSERA_SOURCE_ACCESS_KEY_ID: origin.accessKeyId, TESSERA_SOURCE_SECRET_ACCESS_KEY: "wrong" };
    const refused = await run(["ingest", "s3://masters/scans", ...at, "--to", "local", "--dry-run"], {}, wrong);
    expect([refused.status, refused.said]).toEqual([1, expect.stringContaining("Check TESSERA_SOURCE_ACCESS_KEY_ID")]);
    expect(fetched()).toEqual([]);
  });
});
