import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { recordsOf as recordsOfPages } from "../../../src/catalogue/image-records.ts";
import { readPageTable } from "../../../src/catalogue/page-table.ts";
import { type IngestRun, runIngest } from "../../../src/job/job.ts";
import { type PlanRequest, planIngest } from "../../../src/job/job-plan.ts";
import { IngestError } from "../../../src/node/ingest-error.ts";
import { openWorkFolder } from "../../../src/node/work-folder.ts";
import { CommandFaults } from "../../../src/settings/command-faults.ts";
import { bucketAt, bucketsAt, type Conversions, tellingConverter } from "../../support/ingest.ts";
import { type S3Endpoint, startS3Endpoint } from "../../support/s3-endpoint.ts";

let endpoint: S3Endpoint;
let folder: string;
let conversions: Conversions;
beforeEach(async () => {
  endpoint = await startS3Endpoint();
  folder = await mkdtemp(join(tmpdir(), "tessera-job-"));
  conversions = [];
});
afterEach(async () => {
  await endpoint.close();
  await rm(folder, { recursive: true });
});

const lay = (name: string, content = name) => writeFile(join(folder, name), content);

function planOf(change: Partial<PlanRequest> = {}) {
  return planIngest({
    sources: [folder],
    template: "{path}[-{page}]",
    collection: "",
    prefix: "",
    naming: { keyTemplate: "{identifier}", pageSuffix: "" },
    records: undefined,
    pages: "first",
    conversion: {},
    config: {},
    countPages: async () => 1,
    ...change,
  });
}

async function run(change: Partial<IngestRun> = {}, plan: Partial<PlanRequest> = {}) {
  return runIngest(await planOf(plan), {
    converter: tellingConverter(conversions),
    ...bucketsAt(endpoint),
    jobs: 2,
    isForced: false,
    ...change,
  });
}

const statuses = (outcomes: Awaited<ReturnType<typeof run>>) => outcomes.map(({ status }) => status);
const reading = { language: "none", separator: "|", rights: { others: [] } };
const recordsOf = (csv: string) => ({ ...recordsOfPages(readPageTable(csv, { reading, faults: [] })), name: "r.csv" });

async function faultsOf(work: Promise<unknown>): Promise<readonly string[]> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(CommandFaults);
  return (error as CommandFaults).faults;
}

describe("the plan of an ingest", () => {
  it("names identifier, key and treatment of every image", async () => {
    await lay("a.tif");
    const { images } = await planOf({
      naming: { keyTemplate: "m/{identifier}.tif", pageSuffix: "" },
      config: { conversions: [{ match: "*.tif", tile: 512 }] },
    });
    expect(images).toMatchObject([
      { identifier: "a", key: "m/a.tif", page: undefined, treatment: { mode: "convert", settings: { tileSize: 512 } } },
    ]);
  });

  it("refuses images that would share an identifier, with both their paths", async () => {
    await lay("a b.tif");
    await lay("a-b.jpg");
    const [fault] = await faultsOf(planOf());
    expect(fault).toBe(`${join(folder, "a b.tif")} and ${join(folder, "a-b.jpg")} would both be a-b`);
  });

  it("says what tells such images apart, and nothing that does not", async () => {
    const hint = async (names: readonly string[], template = "{path}") => {
      await rm(folder, { recursive: true });
      for (const name of names) {
        await mkdir(dirname(join(folder, name)), { recursive: true });
        await lay(name);
      }
      const settings = { pageLabels: "number" as const, providers: new Map(), attributionLabel: {} };
      const objects = { settings };
      return (await faultsOf(planOf({ template, objects }))).slice(names.length - 1);
    };
    const rename = [expect.stringContaining("rename one file of each pair")];
    expect(await hint(["a b.tif", "a-b.tif"])).toEqual(rename);
    expect(await hint(["caf\u00e9.tif", "cafe\u0301.tif"])).toEqual(rename);
    expect(await hint(["a.jpg", "a.tif"])).toEqual([expect.stringContaining("{extension} in --identifier")]);
    expect(await hint(["x/a.tif", "y/a.tif"], "{name}")).toEqual([expect.stringContaining("{path} in --identifier")]);
  });

  it("takes all pages when asked, numbered to sort", async () => {
    await lay("a.tif");
    const { images } = await planOf({ pages: "all", countPages: async () => 12 });
    expect(images.map(({ identifier }) => identifier)).toEqual(
      Array.from({ length: 12 }, (_, page) => `a-${String(page + 1).padStart(2, "0")}`),
    );
    expect(images[11]).toMatchObject({ page: 12, treatment: { settings: { page: 11 } } });
    expect(await faultsOf(planOf({ pages: "all", template: "{path}" }))).toHaveLength(1);
  });

  it("gives images their records by identifier or by file, and warns of images without one", async () => {
    await mkdir(join(folder, "x"));
    await lay("x/a.tif");
    await lay("b.tif");
    const byFile = await planOf({ records: recordsOf("file,label\nx/a.tif,A") });
    expect(byFile.images.map(({ record }) => record?.label?.none?.[0])).toEqual([undefined, "A"]);
    expect(byFile.warnings).toEqual([expect.stringMatching(/^images without a record: .*b\.tif$/)]);
    const byIdentifier = await planOf({ records: recordsOf("identifier,label\nx/a,A\nb,B") });
    expect(byIdentifier.images.map(({ record }) => record?.label?.none?.[0])).toEqual(["B", "A"]);
    expect(byIdentifier.warnings).toEqual([]);
  });

  it("refuses records without an image, with their place and the image that may be meant", async () => {
    await mkdir(join(folder, "x"));
    await lay("x/a.tif");
    await lay("b.tif");
    const records = recordsOf('file,label\nX\\A.TIF,"of\ntwo lines"\nb.tif,B\n\nc.tif,C');
    expect(await faultsOf(planOf({ records }))).toEqual([
      "r.csv: row 2, column A: there is no image X\\A.TIF; did you mean x/a.tif?",
      "r.csv: row 5 (line 6), column A: there is no image c.tif",
    ]);
    const many = recordsOf(`identifier\n${Array.from({ length: 150 }, (_, index) => `n${index}`).join("\n")}`);
    expect((await faultsOf(planOf({ records: many }))).slice(99)).toEqual([
      "r.csv: row 101, column A: there is no image n99",
      "r.csv: 50 more rows have no image",
    ]);
  });

  it("does not refuse records for what it could not find out about the images", async () => {
    await lay("a.tif");
    await lay("---.tif");
    const byIdentifier = { records: recordsOf("identifier,label\na,A\nz,Z") };
    expect(await faultsOf(planOf(byIdentifier))).toEqual([expect.stringContaining("no letter or digit")]);
    await rm(join(folder, "---.tif"));
    const countPages = () => Promise.reject(new Error("broken"));
    const records = recordsOf("identifier,label\na-1,A\na-2,B");
    const { images, warnings } = await planOf({ records, pages: "all", countPages });
    expect(images).toHaveLength(1);
    expect(warnings[0]).toBe("r.csv: row 2, column A: there is no image a-1");
    const byFile = { records: recordsOf("file,label\na.tif,A\nz.tif,Z"), pages: "all" as const, countPages };
    expect(await faultsOf(planOf(byFile))).toEqual(["r.csv: row 3, column A: there is no image z.tif"]);
  });

  it("refuses a record whose key no bucket takes, and only with its record", async () => {
    await lay("a.tif");
    const prefix = "p/".repeat(506);
    const plan = { template: "{prefix}{path}", prefix, records: recordsOf("file,label\na.tif,A") };
    expect(await faultsOf(planOf(plan))).toEqual([expect.stringContaining("longer than 1024 bytes")]);
    expect((await planOf({ ...plan, records: undefined })).images).toHaveLength(1);
    expect((await planOf({ ...plan, prefix: prefix.slice(2) })).images).toHaveLength(1);
  });

  it("gives no identifier a hidden segment, whatever files are called", async () => {
    await mkdir(join(folder, "x"));
    await lay("x/...a.tif");
    await lay("x/.records.tif");
    const { images } = await planOf({ sources: [join(folder, "x/...a.tif"), join(folder, "x/.records.tif")] });
    expect(images.map(({ identifier }) => identifier)).toEqual(["a", "records"]);
    const [fault] = await faultsOf(planOf({ template: ".records/{name}", sources: [join(folder, "x/...a.tif")] }));
    expect(fault).toContain("a segment that starts with a dot");
  });
});

describe("the run of an ingest", () => {
  it("stores masters with their geometry and checksums, and removes what was temporary", async () => {
    await lay("a.tif");
    expect(await run()).toMatchObject([
      { status: "stored", master: { width: 40, height: 30, levels: 2 }, seconds: { decode: 1, encode: 2 } },
    ]);
    const object = endpoint.objects.get("a");
    expect(object?.bytes.toString()).toBe("master of a.tif");
    expect(object?.headers).toMatchObject({
      "content-type": "image/tiff",
      "x-amz-meta-width": "40",
      "x-amz-meta-height": "30",
      "x-amz-meta-levels": "2",
      "x-amz-meta-tile": "256",
      "x-amz-meta-settings": "1 jpeg q89 4:2:0 t512 srgb",
    });
    expect(await workFolders()).toEqual([]);
  });

  it("keeps what is there from the same bytes with the same settings, and converts only the rest", async () => {
    await lay("a.tif");
    await lay("b.tif");
    await run();
    await lay("b.tif", "changed");
    await lay("c.tif");
    conversions.length = 0;
    expect(statuses(await run())).toEqual(["kept", "replaced", "stored"]);
    expect(conversions.map(({ source }) => source).sort()).toEqual([join(folder, "b.tif"), join(folder, "c.tif")]);
    expect(statuses(await run({}, { conversion: { quality: 50 } }))).toEqual(["replaced", "replaced", "replaced"]);
    expect(statuses(await run({ isForced: true }))).toEqual(["replaced", "replaced", "replaced"]);
  });

  it("stores records in the catalogue, and again when only they changed", async () => {
    await lay("a.tif");
    await run({}, { records: recordsOf("identifier,label,Artist\na,A,B") });
    expect(JSON.parse(String(endpoint.catalogue.get("records/a.json")?.bytes))).toEqual({
      identifier: "a",
      label: { none: ["A"] },
      metadata: [{ label: { none: ["Artist"] }, value: { none: ["B"] } }],
      width: 40,
      height: 30,
    });
    expect([...endpoint.objects.keys()]).toEqual(["a"]);
    const puts = () => endpoint.arrivals.filter(({ operation }) => operation === "PutObject").length;
    expect(puts()).toBe(2);
    await run({}, { records: recordsOf("identifier,label,Artist\na,A,B") });
    expect(puts()).toBe(2);
    const [outcome] = await run({}, { records: recordsOf("identifier,label\na,Other") });
    expect(outcome).toMatchObject({ status: "kept", warnings: ["Its record was stored."] });
    expect(puts()).toBe(3);
    endpoint.catalogue.clear();
    expect((await run({}, { records: recordsOf("identifier,label\na,Other") }))[0]).toMatchObject({ status: "kept" });
    expect([...endpoint.catalogue.keys()]).toEqual(["records/a.json"]);
  });

  it("goes on after a failure of one image, which says why", async () => {
    for (const name of ["a.tif", "b.tif", "c.tif"]) await lay(name);
    const converter = tellingConverter(conversions);
    const outcomes = await run({
      converter: {
        ...converter,
        convertMaster: (source, ...rest) =>
          source.endsWith("b.tif")
            ? Promise.reject(new IngestError("damaged", `${source} is cut off.`))
            : converter.convertMaster(source, ...rest),
      },
    });
    expect(statuses(outcomes)).toEqual(["stored", "failed", "stored"]);
    expect(outcomes[1]).toMatchObject({ failure: { code: "damaged" } });
    expect(await workFolders()).toEqual([]);
  });

  it("ends at once when a bucket is not there", async () => {
    await lay("a.tif");
    const missing = bucketAt({ ...endpoint, bucket: "none" });
    await expect(run({ masters: missing })).rejects.toMatchObject({ code: "no-bucket" });
    const records = recordsOf("identifier,label\na,A");
    await expect(run({ catalogue: missing }, { records })).rejects.toMatchObject({ code: "no-bucket" });
    expect(conversions).toEqual([]);
    expect(endpoint.objects.size).toBe(0);
  });

  it("asks nothing of the catalogue where no image has a record", async () => {
    await lay("a.tif");
    expect(statuses(await run())).toEqual(["stored"]);
    expect(endpoint.arrivals.filter(({ bucket }) => bucket === endpoint.catalogueBucket)).toEqual([]);
  });

  it("goes on after a record that was not stored, and stores it the next time", async () => {
    await lay("a.tif");
    await lay("b.tif");
    const records = recordsOf("identifier,label\na,A\nb,B");
    endpoint.fault = ({ operation, key }) => (operation === "PutObject" && key === "records/a.json" ? 400 : undefined);
    expect(statuses(await run({ jobs: 1 }, { records }))).toEqual(["failed", "stored"]);
    endpoint.fault = () => undefined;
    const [outcome] = await run({}, { records });
    expect(outcome).toMatchObject({ status: "kept", warnings: ["Its record was stored."] });
    expect([...endpoint.catalogue.keys()].sort()).toEqual(["records/a.json", "records/b.json"]);
  });

  it("ends at the first image when the bucket refuses, before anything is converted", async () => {
    for (const name of ["a.tif", "b.tif", "c.tif"]) await lay(name);
    const outcomes = await run({ masters: bucketAt(endpoint, { secretAccessKey: "wrong" }), jobs: 1 });
    expect(statuses(outcomes)).toEqual(["failed", "stopped", "stopped"]);
    expect(outcomes[0]).toMatchObject({ failure: { code: "refused" } });
    expect(conversions).toEqual([]);
  });

  it("ends when the storage does not answer any more, and keeps what is done", async () => {
    for (const name of ["a.tif", "b.tif", "c.tif"]) await lay(name);
    endpoint.fault = ({ key }) => (key === "b" ? 503 : undefined);
    const outcomes = await run({ jobs: 1 });
    expect(statuses(outcomes)).toEqual(["stored", "failed", "stopped"]);
    expect(outcomes[1]).toMatchObject({ failure: { code: "unavailable" } });
  });

  it("stops when it is told to: what is done stays, nothing is half done, and the next run does the rest", async () => {
    for (const name of ["a.tif", "b.tif", "c.tif"]) await lay(name);
    const stop = new AbortController();
    const converter = tellingConverter(conversions);
    const outcomes = await run({
      jobs: 1,
      signal: stop.signal,
      converter: {
        ...converter,
        convertMaster(source, ...rest) {
          if (source.endsWith("b.tif")) stop.abort();
          stop.signal.throwIfAborted();
          return converter.convertMaster(source, ...rest);
        },
      },
    });
    expect(statuses(outcomes)).toEqual(["stored", "stopped", "stopped"]);
    expect([...endpoint.objects.keys()]).toEqual(["a"]);
    expect(await workFolders()).toEqual([]);
    conversions.length = 0;
    expect(statuses(await run())).toEqual(["kept", "stored", "stored"]);
    expect(conversions).toHaveLength(2);
  });

  it("works on no more images at once than it was told, pages of one file included", async () => {
    await lay("a.tif");
    let underWay = 0;
    let most = 0;
    const converter = tellingConverter(conversions);
    const change = {
      jobs: 3,
      converter: {
        ...converter,
        async convertMaster(...given: Parameters<typeof converter.convertMaster>) {
          underWay += 1;
          most = Math.max(most, underWay);
          return converter.convertMaster(...given).finally(() => {
            underWay -= 1;
          });
        },
      },
    };
    const outcomes = await run(change, { pages: "all", countPages: async () => 7 });
    expect(most).toBeLessThanOrEqual(3);
    expect(new Set(outcomes.map(({ image }) => image.key)).size).toBe(7);
    expect(statuses(outcomes)).toEqual(Array(7).fill("stored"));
  });

  it("warns of pages that are not taken", async () => {
    await lay("a.tif");
    const [outcome] = await run({ converter: tellingConverter(conversions, { countPages: async () => 3 }) });
    expect(outcome).toMatchObject({
      warnings: ["It has 3 pages, and the first was taken; --pages all takes them all."],
    });
  });
});

describe("the folder of unfinished masters", () => {
  it("is removed by a later run when its own could not, and left alone while that is running", async () => {
    const mine = await openWorkFolder(folder);
    const prefix = `tessera-ingest-${hostname().replace(/[^\w.]/g, "_")}-`;
    // No process has a number above what Linux gives.
    await mkdir(join(folder, `${prefix}99999999-abcdef`));
    await mkdir(join(folder, "tessera-ingest-another.machine-99999999-abcdef"));
    const other = await openWorkFolder(folder);
    const names = await readdir(folder);
    expect(names.sort()).toEqual(
      [mine.path, other.path]
        .map((path) => path.slice(folder.length + 1))
        .concat("tessera-ingest-another.machine-99999999-abcdef")
        .sort(),
    );
    await mine.remove();
    other.removeNow();
    expect(await readdir(folder)).toEqual(["tessera-ingest-another.machine-99999999-abcdef"]);
  });
});

/** Those of this process: other tests run beside it. */
async function workFolders(): Promise<readonly string[]> {
  return (await readdir(tmpdir())).filter(
    (name) => name.includes(`-${process.pid}-`) && name.startsWith("tessera-ingest-"),
  );
}
