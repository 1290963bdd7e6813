import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Bucket } from "../../../src/bucket/bucket.ts";
import { parseCollection } from "../../../src/catalogue/collection.ts";
import { readCollectionTable } from "../../../src/catalogue/collection-table.ts";
import { recordsOf } from "../../../src/catalogue/image-records.ts";
import { readObjectTable } from "../../../src/catalogue/object-table.ts";
import { readPageTable } from "../../../src/catalogue/page-table.ts";
import { parseWork } from "../../../src/catalogue/work-record.ts";
import { runIngest } from "../../../src/job/job.ts";
import { planIngest } from "../../../src/job/job-plan.ts";
import { type ObjectRun, writeObjects } from "../../../src/job/object-job.ts";
import { IngestError } from "../../../src/node/ingest-error.ts";
import { bucketsAt, tellingConverter } from "../../support/ingest.ts";
import { makeTiff } from "../../support/make-tiff.ts";
import { type S3Endpoint, startS3Endpoint } from "../../support/s3-endpoint.ts";

let endpoint: S3Endpoint;
let folder: string;
/** Sizes of masters by the path of the source, where they are not 40 × 30; `undefined` can't be converted. */
let sizes: Record<string, readonly [number, number] | undefined>;
beforeEach(async () => {
  endpoint = await startS3Endpoint();
  folder = await mkdtemp(join(tmpdir(), "tessera-objects-"));
  sizes = {};
});
afterEach(async () => {
  await endpoint.close();
  await rm(folder, { recursive: true });
});

async function lay(...names: readonly string[]): Promise<void> {
  for (const name of names) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), name);
  }
}

/** Writes masters that the service can open. */
const converter = tellingConverter([], {
  convertMaster: async (source, target) => {
    const name = source.slice(folder.length + 1);
    const size = name in sizes ? sizes[name] : ([40, 30] as const);
    if (size === undefined) throw new IngestError("unreadable", `${name} can't be read.`);
    const [width, height] = size;
    const bytes = await makeTiff({ width, height, tile: 16, levels: 2 });
    await writeFile(target, bytes);
    const checksum = createHash("sha256").update(bytes).digest("hex");
    const facts = { width, height, levels: 2, tileSize: 16, bytesIn: 1, bytesOut: bytes.byteLength, checksum };
    const seconds = { read: 0, decode: 0, resize: 0, encode: 0, write: 0, verify: 0 };
    return { ...facts, seconds, warnings: [], isRepacked: false };
  },
});

interface Tables {
  readonly records?: string;
  readonly objects?: string;
  readonly collections?: string;
}

function planOf(tables: Tables, sources: readonly string[]) {
  const options = { reading: { language: "none", separator: "|", rights: { others: [] } }, faults: [] };
  const pages = tables.records === undefined ? undefined : readPageTable(tables.records, options);
  return planIngest({
    sources,
    template: "{path}[-{page}]",
    collection: "",
    prefix: "",
    naming: { keyTemplate: "{identifier}", pageSuffix: "" },
    records: pages && { ...recordsOf(pages), name: "records.csv" },
    objects: {
      pages,
      objects: tables.objects === undefined ? undefined : readObjectTable(tables.objects, options),
      collections: tables.collections === undefined ? undefined : readCollectionTable(tables.collections, options),
      settings: { pageLabels: "number", providers: new Map(), attributionLabel: { en: ["Attribution"] } },
    },
    pages: "first",
    conversion: {},
    config: {},
    countPages: async () => 1,
  });
}

async function ingest(
  tables: Tables = {},
  { sources = [folder], force = false, ...change }: Partial<ObjectRun> & { sources?: string[]; force?: boolean } = {},
) {
  const plan = await planOf(tables, sources);
  const own = bucketsAt(endpoint);
  const { masters = own.masters, catalogue = own.catalogue } = change;
  const buckets = { masters, catalogue };
  const outcomes = await runIngest(plan, { converter, ...buckets, jobs: 2, isForced: force });
  const run: ObjectRun = {
    ...buckets,
    keyOf: (identifier) => identifier,
    logos: new Map(),
    canvases: "kept",
    labels: "kept",
    signal: undefined,
    ...change,
  };
  return writeObjects(
    outcomes,
    { plans: plan.objects?.plans ?? [], collections: plan.objects?.collections ?? [] },
    run,
  );
}

const bytesAt = (key: string) => endpoint.catalogue.get(key)?.bytes ?? Buffer.alloc(0);
const workOf = (key: string) => parseWork(bytesAt(`objects/${key}.json`), key);
const collectionOf = (key: string) => parseCollection(bytesAt(`collections/${key}.json`), key);
const statusesOf = ({ objects }: Awaited<ReturnType<typeof ingest>>) => objects.map(({ key, status }) => [key, status]);
const membersOf = (key: string) => collectionOf(key).members.map((member) => `${member.kind} ${member.key}`);

describe("texts beside the images of an object", () => {
  const alto = (text: string) =>
    `<alto><Page WIDTH="80" HEIGHT="60"><TextLine HPOS="8" VPOS="6" WIDTH="4" HEIGHT="2"><String CONTENT="${text}"/></TextLine></Page></alto>`;
  const layText = (name: string, text: string) => writeFile(join(folder, name), text);

  it("become texts of their pages, in units of the canvas", async () => {
    await lay("atlas/1.tif", "atlas/2.tif", "atlas/3.tif");
    await layText("atlas/1.xml", alto("Wort"));
    await layText("atlas/1.txt", "ALTO comes first");
    await layText("atlas/2.txt", "Words");
    expect((await ingest()).objects[0]?.notes).toBeUndefined();
    const texts = workOf("atlas").pages.map(({ text }) => text?.file);
    expect(texts).toEqual(["1.alto.xml", "2.txt", undefined]);
    expect(JSON.parse(String(bytesAt("text/atlas/1.json"))).lines).toEqual([
      { text: "Wort", area: { x: 4, y: 3, width: 2, height: 1 } },
    ]);
    expect(String(bytesAt("text/atlas/2.txt"))).toBe("Words");
    expect(statusesOf(await ingest())).toEqual([["atlas", "unchanged"]]);
    await layText("atlas/2.txt", "Other words");
    expect(statusesOf(await ingest())).toEqual([["atlas", "written"]]);
    await rm(join(folder, "atlas/2.txt"));
    expect(statusesOf(await ingest())).toEqual([["atlas", "unchanged"]]);
    expect(workOf("atlas").pages[1]?.text?.file).toBe("2.txt");
  });

  it("are those that a table names, from the folder of the images", async () => {
    await lay("atlas/1.tif", "ocr/one.tif");
    await layText("ocr/first.hocr", '<div class="ocr_page"><span class="ocr_line">Word</span></div>');
    await ingest({ records: "file,text\natlas/1.tif,ocr/first.hocr\nocr/one.tif,ocr/none.txt\n" });
    expect(workOf("atlas").pages[0]?.text).toMatchObject({ format: "hocr", file: "1.hocr.html" });
    expect(workOf("ocr").pages[0]?.text).toBeUndefined();
  });

  it("that can't be read are told, and the page keeps the text that it had", async () => {
    await lay("atlas/1.tif");
    await layText("atlas/1.xml", alto("Wort"));
    await ingest();
    const before = workOf("atlas").pages[0]?.text;
    await layText("atlas/1.xml", alto("Wort").slice(0, -9));
    const { objects } = await ingest();
    expect(objects[0]?.notes).toEqual([
      expect.stringMatching(/^the text of page 1 is left out, .*1\.xml: It is cut off/),
    ]);
    expect([objects[0]?.status, workOf("atlas").pages[0]?.text]).toEqual(["unchanged", before]);
  });
});

describe("PDFs beside the images of an object", () => {
  const layPdf = (name: string, text = "%PDF-1.4") => writeFile(join(folder, name), text);
  const filesOf = (key: string) => (workOf(key).attachments ?? []).map(({ file }) => file);

  it("are stored as they are and go with the object, until they are gone", async () => {
    await lay("atlas/1.tif", "atlas/2.tif");
    await layPdf("atlas/Atlas 10.pdf");
    await layPdf("atlas/Atlas 2.PDF", "%PDF-1.7");
    expect(statusesOf(await ingest())).toEqual([["atlas", "written"]]);
    expect(workOf("atlas").pages.map(({ key }) => key)).toEqual(["1", "2"]);
    expect(filesOf("atlas")).toEqual(["Atlas 2.PDF", "Atlas 10.pdf"]);
    expect(String(bytesAt("attachments/atlas/Atlas 2.PDF"))).toBe("%PDF-1.7");
    expect(statusesOf(await ingest())).toEqual([["atlas", "unchanged"]]);
    expect(statusesOf(await ingest({ objects: "object,label\natlas,atlas\n" }))).toEqual([["atlas", "unchanged"]]);
    await layPdf("atlas/Atlas 10.pdf", "%PDF-1.4, mended");
    expect(statusesOf(await ingest())).toEqual([["atlas", "written"]]);
    expect(String(bytesAt("attachments/atlas/Atlas 10.pdf"))).toBe("%PDF-1.4, mended");
    await rm(join(folder, "atlas/Atlas 10.pdf"));
    expect(statusesOf(await ingest())).toEqual([["atlas", "written"]]);
    expect(filesOf("atlas")).toEqual(["Atlas 2.PDF"]);
  });

  it("go with the image that they are named like, where images of several objects lie beside them; others are told", async () => {
    await lay("one.tif", "two.tif");
    await layPdf("two.pdf");
    await layPdf("all.pdf");
    const { notes } = await ingest();
    expect([filesOf("one"), filesOf("two")]).toEqual([[], ["two.pdf"]]);
    expect(notes).toEqual([expect.stringMatching(/all\.pdf is left out: call it like an image/)]);
  });
});

describe("objects of an ingest", () => {
  it("are written with the sizes of their masters and of the levels of these", async () => {
    await lay("atlas/2.tif", "atlas/10.tif");
    sizes["atlas/10.tif"] = [64, 32];
    expect(statusesOf(await ingest())).toEqual([["atlas", "written"]]);
    expect(workOf("atlas")).toMatchObject({
      label: { none: ["atlas"] },
      pages: [
        { key: "2", width: 40, height: 30, images: [{ identifier: "atlas/2", sizes: [{ width: 20, height: 15 }] }] },
        { key: "10", width: 64, height: 32, images: [{ identifier: "atlas/10", sizes: [{ width: 32, height: 16 }] }] },
      ],
    });
    expect(JSON.parse(String(bytesAt("records/atlas/2.json")))).toMatchObject({ object: "atlas" });
  });

  it("are one write each, and none where nothing has changed", async () => {
    await lay("atlas/1.tif", "atlas/2.tif", "maps/a/1.tif");
    await ingest();
    const puts = () => endpoint.arrivals.filter(({ operation }) => operation === "PutObject").map(({ key }) => key);
    expect(
      puts()
        .filter((key) => key.startsWith("objects/"))
        .sort(),
    ).toEqual(["objects/atlas.json", "objects/maps/a.json"]);
    endpoint.arrivals.length = 0;
    expect(statusesOf(await ingest())).toEqual([
      ["atlas", "unchanged"],
      ["maps/a", "unchanged"],
    ]);
    expect(puts()).toEqual([]);
  });

  it("are listed in the collections of their folders, and in the top one where they are in none", async () => {
    await lay("atlas/1.tif", "maps/b/1.tif", "maps/a/1.tif", "maps/old/c/1.tif");
    await ingest();
    expect(membersOf("top")).toEqual(["collection maps", "object atlas"]);
    expect(membersOf("maps")).toEqual(["collection maps/old", "object maps/a", "object maps/b"]);
    expect(collectionOf("maps/old").collections).toEqual([{ key: "maps", label: { none: ["maps"] } }]);
    expect(workOf("maps/a").collections).toEqual([{ key: "maps", label: { none: ["maps"] } }]);
  });

  it("leave a collection that a table moves them out of", async () => {
    await lay("maps/a/1.tif", "maps/b/1.tif");
    await ingest();
    await ingest({ objects: "object,collection\nmaps/a,Sea > North\n" });
    expect(membersOf("maps")).toEqual(["object maps/b"]);
    expect(membersOf("Sea/North")).toEqual(["object maps/a"]);
    expect(membersOf("top")).toEqual(["collection maps", "collection Sea"]);
  });

  it("are not written while an image is not stored, and their former record stays", async () => {
    await lay("atlas/1.tif", "other/1.tif");
    await ingest();
    const former = String(bytesAt("objects/atlas.json"));
    await lay("atlas/2.tif");
    sizes["atlas/2.tif"] = undefined;
    const { objects } = await ingest();
    expect(objects).toMatchObject([
      { key: "atlas", status: "failed", failure: { code: "images-missing" } },
      { key: "other", status: "unchanged" },
    ]);
    expect(String(bytesAt("objects/atlas.json"))).toBe(former);
  });

  it("keep what a table of another run has said", async () => {
    await lay("atlas/1.tif", "atlas/2.tif");
    const tables = {
      objects: "object,label@en,summary,page_labels,start\natlas,An Atlas,Text,Cover|1r,2\n",
      records: "file,behavior,toc\natlas/1.tif,non-paged,Part I\natlas/2.tif,,\n",
    };
    await ingest(tables);
    const told = workOf("atlas");
    expect(told).toMatchObject({
      label: { en: ["An Atlas"] },
      start: "2",
      contents: [{ label: { none: ["Part I"] } }],
    });
    expect(statusesOf(await ingest())).toEqual([["atlas", "unchanged"]]);
    await lay("atlas/3.tif");
    await ingest();
    expect(workOf("atlas").pages.map(({ label }) => label?.none?.[0])).toEqual(["Cover", "1r", "3"]);
    expect({ ...workOf("atlas"), pages: told.pages }).toEqual(told);
  });

  it("number their pages anew where nothing but their places labels them", async () => {
    await lay("atlas/1.tif", "atlas/3.tif");
    await ingest();
    await lay("atlas/2.tif");
    await ingest();
    expect(workOf("atlas").pages.map(({ key, label }) => [key, label?.none?.[0]])).toEqual([
      ["1", "1"],
      ["2", "2"],
      ["3", "3"],
    ]);
  });

  it("keep the size of a page whose new image has its proportions, and refuse others", async () => {
    await lay("atlas/1.tif");
    await ingest();
    sizes["atlas/1.tif"] = [80, 61];
    await ingest({}, { force: true });
    expect(workOf("atlas").pages).toMatchObject([{ width: 40, height: 30, images: [{ width: 80, height: 61 }] }]);
    sizes["atlas/1.tif"] = [30, 40];
    const { objects } = await ingest({}, { force: true });
    expect(objects).toMatchObject([{ status: "failed", failure: { code: "record-refused" } }]);
    expect(workOf("atlas").pages).toMatchObject([{ width: 40, height: 30, images: [{ width: 80, height: 61 }] }]);
    await ingest({}, { force: true, canvases: "new" });
    expect(workOf("atlas").pages).toMatchObject([{ width: 30, height: 40, images: [{ width: 30, height: 40 }] }]);
  });

  it("give pages that are missing the size of their neighbour", async () => {
    await lay("atlas/1.tif");
    await ingest({ records: "file,object,order,label\natlas/1.tif,atlas,1,a\n,atlas,2,lost\n" });
    expect(workOf("atlas").pages[1]).toMatchObject({ key: "missing-2", width: 40, height: 30, images: [] });
  });

  it("are refreshed where an image of theirs is named by itself, and not planned anew", async () => {
    await lay("atlas/1.tif", "atlas/2.tif", "loose.tif");
    await ingest({ objects: "object,label\natlas,An Atlas\n" });
    sizes["2.tif"] = [80, 60];
    sizes["atlas/2.tif"] = [80, 60];
    // The identifier is that of the page: the template says where the file lies.
    await writeFile(join(folder, "atlas/2.tif"), "changed");
    const { objects } = await ingest({}, { sources: [folder] });
    expect(objects.map(({ status }) => status)).toEqual(["written", "unchanged"]);
    expect(workOf("atlas")).toMatchObject({ label: { none: ["An Atlas"] }, pages: [{}, { images: [{ width: 80 }] }] });
    const before = String(bytesAt("objects/loose.json"));
    sizes["loose.tif"] = [80, 60];
    await writeFile(join(folder, "loose.tif"), "changed");
    expect(statusesOf(await ingest({}, { sources: [join(folder, "loose.tif")] }))).toEqual([["loose", "written"]]);
    expect(JSON.parse(before).pages).toMatchObject([{ width: 40, images: [{ width: 40 }] }]);
    expect(workOf("loose").pages).toMatchObject([{ width: 40, images: [{ width: 80 }] }]);
  });

  it("are made anew from the record that somebody else has written meanwhile", async () => {
    await lay("atlas/1.tif");
    await ingest();
    const buckets = bucketsAt(endpoint);
    let isFirst = true;
    const catalogue: Bucket = {
      ...buckets.catalogue,
      async get(key) {
        const read = await buckets.catalogue.get(key);
        if (key === "objects/atlas.json" && isFirst && read !== undefined) {
          isFirst = false;
          const other = { ...workOf("atlas"), summary: { en: ["by somebody else"] } };
          await buckets.catalogue.put(key, checked(JSON.stringify(other)), {
            contentType: "application/json",
            metadata: {},
          });
        }
        return read;
      },
    };
    sizes["atlas/1.tif"] = [80, 60];
    expect(statusesOf(await ingest({}, { force: true, catalogue }))).toEqual([["atlas", "written"]]);
    expect(workOf("atlas")).toMatchObject({
      summary: { en: ["by somebody else"] },
      pages: [{ images: [{ width: 80 }] }],
    });
  });

  it("are not written over a record that can't be read", async () => {
    await lay("atlas/1.tif");
    await ingest();
    endpoint.catalogue.set("objects/atlas.json", { bytes: Buffer.from("{"), etag: "x", headers: {} });
    const { objects } = await ingest();
    expect(objects).toMatchObject([{ status: "failed", failure: { code: "record-malformed" } }]);
    expect(String(bytesAt("objects/atlas.json"))).toBe("{");
  });

  it("are in collections as a table describes these", async () => {
    await lay("maps/a/1.tif");
    const collections = "collection,label@en,parent,thumbnail,Curator\nmaps,Maps,all,maps/a/1,Anna\n";
    await ingest({ collections });
    expect(collectionOf("maps")).toMatchObject({
      label: { en: ["Maps"] },
      thumbnail: { identifier: "maps/a/1", width: 40 },
      collections: [{ key: "all", label: { none: ["all"] } }],
      metadata: [{ label: { none: ["Curator"] }, value: { none: ["Anna"] } }],
    });
    expect(membersOf("all")).toEqual(["collection maps"]);
    expect(membersOf("top")).toEqual(["collection all"]);
    await ingest();
    expect(collectionOf("maps").label).toEqual({ en: ["Maps"] });
    expect(membersOf("all")).toEqual(["collection maps"]);
  });
});

function checked(text: string) {
  const bytes = Buffer.from(text);
  return { bytes, md5: createHash("md5").update(bytes).digest("hex") };
}
