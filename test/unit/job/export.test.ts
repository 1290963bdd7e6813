import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BucketError } from "../../../src/bucket/bucket.ts";
import { s3Bucket } from "../../../src/bucket/s3-bucket.ts";
import { markerName } from "../../../src/export/names.ts";
import type { ExportSettings } from "../../../src/export/settings.ts";
import { identifierOf } from "../../../src/identity/identifier.ts";
import { listLevel0 } from "../../../src/iiif/level0.ts";
import { bucketPlace } from "../../../src/job/export/bucket.ts";
import { type ExportSource, standingOfFile } from "../../../src/job/export/export-source.ts";
import { folderPlace } from "../../../src/job/export/folder.ts";
import { planExport } from "../../../src/job/export/plan.ts";
import { type ExportOrder, runExport } from "../../../src/job/export/run.ts";
import type { ExportPlace } from "../../../src/job/export/target.ts";
import { zipPlace } from "../../../src/job/export/zip.ts";
import { formatArchiveEnd, formatDirectoryEntry } from "../../../src/job/export/zip-format.ts";
import { openDrawingTools } from "../../../src/node/compiled-modules.ts";
import type { ByteSource } from "../../../src/source/byte-source.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { makeTiff } from "../../support/make-tiff.ts";
import { makeTestFolder } from "../../support/masters.ts";
import { type S3Endpoint, startS3Endpoint } from "../../support/s3-endpoint.ts";

const settings: ExportSettings = {
  base: "https://files.example",
  imagePrefix: "/iiif",
  versions: [3],
  tile: undefined,
  style: { qualities: { jpeg: 85, webp: 80 }, colorProfile: "convert", keepMetadata: "copyright" },
  limits: { maxWidth: 20_000, maxHeight: 20_000, maxArea: 25_000_000 },
  thumbnailWidths: [],
  isAlsoRounded: false,
};

const folder = makeTestFolder();
const tools = openDrawingTools();
let master: Uint8Array;
let other: Uint8Array;
let endpoint: S3Endpoint;
beforeAll(async () => {
  master = await makeTiff({ width: 333, height: 217, tile: 64, levels: 3, levelRounding: "floor" });
  other = await makeTiff({ width: 100, height: 50, tile: 64, levels: 1 });
  endpoint = await startS3Endpoint();
});
afterAll(() => endpoint?.close());

function sourceOf(identifier: string, bytes: Uint8Array, version = "1"): ExportSource {
  const open = async (): Promise<ByteSource> => memorySource(bytes);
  return {
    identifier: identifierOf(identifier),
    page: 1,
    version,
    open,
    readStanding: async () => standingOfFile,
  };
}

/** Exports images, and returns what became of them. */
async function run(
  place: ExportPlace,
  sources: readonly ExportSource[],
  change: Partial<ExportSettings> & Partial<Pick<ExportOrder, "isDeleting" | "signal" | "onFile">> = {},
) {
  const { isDeleting = false, signal = new AbortController().signal, onFile = () => {}, ...changed } = change;
  const asked = { ...settings, ...changed };
  const plan = await planExport(sources, asked, { signal, onPlanned: () => {} });
  const order = {
    plan,
    settings: asked,
    place,
    tools,
    jobs: 2,
    catalogue: undefined,
    isDeleting,
    signal,
    includesRestricted: false,
  };
  return runExport({ ...order, onFile, onImage: () => {} });
}

/** The files below a folder, with plain slashes. */
async function filesIn(root: string): Promise<readonly string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1)).sort();
}

function namesOf(version: 2 | 3): readonly string[] {
  const choice = { image: { width: 333, height: 217 }, tile: { width: 64, height: 64 }, limits: settings.limits };
  return [...listLevel0(choice, version)].map(
    ({ region, size }) => `iiif/${version}/maps/a/${region}/${size}/0/default.jpg`,
  );
}

let folders = 0;
function newFolder(): string {
  folders += 1;
  return folder.path(`out ${folders}`);
}

describe("an export into a folder", () => {
  it("has the files that were foretold, in both versions, and no others", async () => {
    const root = newFolder();
    const plan = await planExport(
      [sourceOf("maps/a", master)],
      { ...settings, versions: [3, 2] },
      {
        signal: new AbortController().signal,
        onPlanned: () => {},
      },
    );
    const outcome = await run(await folderPlace(root), [sourceOf("maps/a", master)], { versions: [3, 2] });
    expect(outcome).toMatchObject({ exported: 1, failures: [] });
    const images = [3, 2].flatMap((version) => [
      `iiif/${version}/maps/a/info.json`,
      `iiif/${version}/maps/a/${markerName}`,
    ]);
    const expected = [markerName, ...images, ...namesOf(3), ...namesOf(2)];
    const files = await filesIn(root);
    expect(files).toEqual(expected.toSorted());
    expect(plan.images.get("maps/a")?.files).toBe(files.length - 1);
    const info = JSON.parse(await readFile(join(root, "iiif/3/maps/a/info.json"), "utf8"));
    expect(info).toMatchObject({ id: "https://files.example/iiif/3/maps/a", profile: "level0", width: 333 });
    expect(info.sizes.at(-1)).toEqual({ width: 333, height: 217 });
  });

  it("keeps what is there, writes anew what is said of it, and makes anew what has another master", async () => {
    const root = newFolder();
    const sources = [sourceOf("maps/a", master), sourceOf("b", other)];
    expect(await run(await folderPlace(root), sources)).toMatchObject({ exported: 2 });
    const files = await filesIn(root);
    expect(await run(await folderPlace(root), sources)).toMatchObject({ exported: 0, unchanged: 2, files: 0 });
    const moved = await run(await folderPlace(root), sources, { base: "https://moved.example" });
    expect(moved).toMatchObject({ exported: 0, updated: 2, unchanged: 0 });
    expect(await readFile(join(root, "iiif/3/b/info.json"), "utf8")).toContain("https://moved.example/iiif/3/b");
    expect(await filesIn(root)).toEqual(files);
    // A smaller picture takes the name of the first: of that one nothing is left.
    const replaced = await run(await folderPlace(root), [sourceOf("maps/a", other, "2")]);
    expect(replaced).toMatchObject({ exported: 1 });
    const of = (name: string) => (path: string) => path.startsWith(`iiif/3/${name}/`);
    const shapes = (paths: readonly string[], name: string) =>
      paths.filter(of(name)).map((path) => path.slice(`iiif/3/${name}/`.length));
    const after = await filesIn(root);
    expect(shapes(after, "maps/a")).toEqual(shapes(files, "b"));
  });

  it("takes nothing for done that was interrupted, and goes on where it was", async () => {
    const root = newFolder();
    const whole = newFolder();
    const sources = [sourceOf("b", other), sourceOf("maps/a", master)];
    await run(await folderPlace(whole), sources);
    const stop = new AbortController();
    let written = 0;
    const onFile = (): void => {
      written += 1;
      if (written === 20) stop.abort(new Error("stopped"));
    };
    const stopped = run(await folderPlace(root), sources, { signal: stop.signal, onFile });
    await expect(stopped).rejects.toThrow("stopped");
    expect(await filesIn(root)).not.toContain("iiif/3/maps/a/info.json");
    expect(await run(await folderPlace(root), sources)).toMatchObject({ exported: 1, unchanged: 1 });
    const files = await filesIn(whole);
    expect(await filesIn(root)).toEqual(files);
    for (const path of files) expect(await readFile(join(root, path))).toEqual(await readFile(join(whole, path)));
  });

  it("leaves nothing of an image that fails, and goes on with the others", async () => {
    const root = newFolder();
    const cut = master.slice(0, 150_000);
    const { failures, exported } = await run(await folderPlace(root), [
      ...[sourceOf("cut", cut), sourceOf("none", new Uint8Array(40)), sourceOf("b", other)],
      ...[sourceOf("a//b", other), sourceOf("b/full/c", other), sourceOf("back\\slash", other)],
    ]);
    expect(exported).toBe(1);
    expect(failures.map(({ identifier, code }) => [identifier, code])).toEqual([
      ["none", "source-unsupported"],
      ["a//b", "name-unusable"],
      ["back\\slash", "name-unusable"],
      ["b/full/c", "name-taken"],
      ["cut", "source-malformed"],
    ]);
    expect((await filesIn(root)).filter((path) => !path.startsWith("iiif/3/b/"))).toEqual([markerName]);
  });

  it("keeps an image that is whole when its rights can't be read, and tells of it", async () => {
    const root = newFolder();
    const source = sourceOf("b", other);
    await run(await folderPlace(root), [source]);
    const files = await filesIn(root);
    const failing = async () => {
      throw new BucketError("failed", "catalogue answered 500.");
    };
    // Once what is planned, and once what is drawn.
    for (const answers of [0, 1]) {
      let asked = 0;
      const readStanding = () => (asked++ < answers ? source.readStanding() : failing());
      const { failures } = await run(await folderPlace(root), [{ ...source, readStanding }]);
      expect(failures).toEqual([{ identifier: "b", code: "failed", message: "catalogue answered 500." }]);
      expect(await filesIn(root)).toEqual(files);
    }
  });

  it("draws what is redacted meanwhile anew, and leaves out what is closed meanwhile", async () => {
    const root = newFolder();
    const plain = sourceOf("b", other);
    await run(await folderPlace(root), [plain, sourceOf("c", other)]);
    const whole = join(root, "iiif/3/b/full/100,50/0/default.jpg");
    const open = await readFile(whole);
    const redactions = [{ x: 0, y: 0, width: 60, height: 50 }];
    const marked: ExportSource = {
      ...plain,
      readStanding: async () => ({ ...standingOfFile, marksOf: async (image) => ({ redactions, image }) }),
    };
    expect(await run(await folderPlace(root), [marked])).toMatchObject({ exported: 1, unchanged: 0 });
    expect(open.equals(await readFile(whole))).toBe(false);
    expect(await run(await folderPlace(root), [marked])).toMatchObject({ exported: 0, unchanged: 1 });
    let asked = 0;
    const closing: ExportSource = {
      ...plain,
      readStanding: async () => ({ ...standingOfFile, ...(asked++ > 0 && { whyLeftOut: "It is closed." }) }),
    };
    const closed = await run(await folderPlace(root), [closing, sourceOf("c", other)], { isDeleting: true });
    const restricted = [{ identifier: "b", message: "It is closed." }];
    expect(closed).toMatchObject({ exported: 0, unchanged: 1, removed: 1, failures: [], restricted });
    expect((await filesIn(root)).filter((path) => path.startsWith("iiif/3/b/"))).toEqual([]);
  });

  it("removes images that are no longer among them only where it is asked to", async () => {
    const root = newFolder();
    const two = [sourceOf("maps/a", other), sourceOf("maps/a/b", other)];
    await run(await folderPlace(root), two);
    expect(await run(await folderPlace(root), two.slice(1))).toMatchObject({ removed: 0 });
    expect(await filesIn(root)).toContain("iiif/3/maps/a/info.json");
    expect(await run(await folderPlace(root), two.slice(1), { isDeleting: true })).toMatchObject({ removed: 1 });
    const files = await filesIn(root);
    expect(files).not.toContain("iiif/3/maps/a/info.json");
    expect(files).toContain("iiif/3/maps/a/b/info.json");
  });

  it("is refused where something else lies", async () => {
    const root = newFolder();
    await mkdir(root);
    await writeFile(join(root, "letters.txt"), "mine");
    await expect(folderPlace(root)).rejects.toThrow("holds something that is no export");
    await expect(folderPlace(join(root, "letters.txt"))).rejects.toThrow("holds something");
  });

  it("has tiles of another size where that is asked for, within the limits", async () => {
    const root = newFolder();
    await run(await folderPlace(root), [sourceOf("maps/a", master)], { tile: 128 });
    expect(await filesIn(root)).toContain("iiif/3/maps/a/0,0,256,217/128,109/0/default.jpg");
    const limits = { ...settings.limits, maxWidth: 100 };
    const { failures } = await run(await folderPlace(newFolder()), [sourceOf("a", master)], { tile: 128, limits });
    expect(failures).toMatchObject([{ code: "size-above-limit" }]);
  });
});

/** The names and bytes of the stored entries of an archive, by its directory. */
function readZip(zip: Buffer): ReadonlyMap<string, Buffer> {
  const end = zip.lastIndexOf(Buffer.from("PK\u0005\u0006"));
  const entries = new Map<string, Buffer>();
  let at = zip.readUInt32LE(end + 16);
  for (let index = 0; index < zip.readUInt16LE(end + 10); index++) {
    const [name, extra, comment] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
    ];
    const from = zip.readUInt32LE(at + 42);
    expect([zip.readUInt16LE(at + 10), zip.readUInt16LE(from + 6) & 8]).toEqual([0, 0]);
    const start = from + 30 + zip.readUInt16LE(from + 26) + zip.readUInt16LE(from + 28);
    const bytes = zip.subarray(start, start + zip.readUInt32LE(at + 24));
    entries.set(zip.toString("utf8", at + 46, at + 46 + name), bytes);
    at += 46 + name + extra + comment;
  }
  return entries;
}

describe("an export into a ZIP file", () => {
  it("holds the files of a folder as they are, stored, with their sizes in front", async () => {
    const root = newFolder();
    const file = folder.path("maps.zip");
    const sources = [sourceOf("Städte/a", master), sourceOf("b", other)];
    await run(await folderPlace(root), sources);
    await run(await zipPlace(file), sources);
    const entries = readZip(await readFile(file));
    const files = (await filesIn(root)).filter((path) => !path.endsWith(markerName));
    expect([...entries.keys()].sort()).toEqual(files);
    for (const path of files) expect(entries.get(path)).toEqual(await readFile(join(root, path)));
    await expect(zipPlace(file)).rejects.toThrow("is there already");
  });

  it("has the larger fields where a place or a number has no room in the others", () => {
    const now = new Date();
    const entry = { name: "a", crc32: 1, bytes: 5, offset: 5e9 };
    const listed = formatDirectoryEntry(entry, now);
    expect([listed.readUInt32LE(42), listed.readUInt16LE(47), listed.readBigUInt64LE(51)]).toEqual([
      ...[0xffffffff, 1, 5_000_000_000n],
    ]);
    expect(formatDirectoryEntry({ ...entry, offset: 4e9 }, now).byteLength).toBe(47);
    const end = formatArchiveEnd({ entries: 70_000, offset: 5e9, bytes: 6e6 });
    expect([end.readBigUInt64LE(24), end.readBigUInt64LE(40), end.readBigUInt64LE(48)]).toEqual([
      ...[70_000n, 6_000_000n, 5_000_000_000n],
    ]);
    expect([end.readBigUInt64LE(64), end.readUInt16LE(76 + 10), end.readUInt32LE(76 + 16)]).toEqual([
      ...[5_006_000_000n, 0xffff, 0xffffffff],
    ]);
    expect(formatArchiveEnd({ entries: 7, offset: 100, bytes: 60 }).byteLength).toBe(22);
  });

  it("is not there where it was interrupted", async () => {
    const file = folder.path("stopped.zip");
    const stop = new AbortController();
    const onFile = (): void => stop.abort(new Error("stopped"));
    const stopped = run(await zipPlace(file), [sourceOf("a", master)], { signal: stop.signal, onFile });
    await expect(stopped).rejects.toThrow("stopped");
    expect((await folder.names()).filter((name) => name.startsWith("stopped.zip"))).toEqual([]);
  });

  it("fails with the reason where it can't be written", async () => {
    await mkdir(folder.path("gone"));
    const place = await zipPlace(folder.path("gone/a.zip"));
    await rm(folder.path("gone"), { recursive: true });
    await expect(run(place, [sourceOf("a", master)])).rejects.toThrow("can't be written: there is no such folder.");
  });
});

describe("an export into a bucket", () => {
  const bucketOf = () => {
    const { bucket, accessKeyId, secretAccessKey, url } = endpoint;
    return s3Bucket({ endpoint: url, region: "auto", sessionToken: undefined, bucket, accessKeyId, secretAccessKey });
  };

  it("has the files of a folder with their types, is kept, made anew and cleared", async () => {
    const root = newFolder();
    const sources = [sourceOf("maps/a", master), sourceOf("maps/a/b", other)];
    await run(await folderPlace(root), sources);
    expect(await run(await bucketPlace(bucketOf(), "site/"), sources)).toMatchObject({ exported: 2 });
    const keys = () => [...endpoint.objects.keys()].map((key) => key.slice("site/".length)).sort();
    const files = await filesIn(root);
    expect(keys()).toEqual(files);
    for (const path of files) {
      const stored = endpoint.objects.get(`site/${path}`);
      expect(stored?.bytes).toEqual(await readFile(join(root, path)));
      const type = path.endsWith(".jpg") ? "image/jpeg" : "application/json";
      expect(stored?.headers["content-type"]).toBe(type);
    }
    expect(await run(await bucketPlace(bucketOf(), "site/"), sources)).toMatchObject({ unchanged: 2, files: 0 });
    const place = await bucketPlace(bucketOf(), "site/");
    const replaced = [sourceOf("maps/a", other, "2")];
    expect(await run(place, replaced, { isDeleting: true })).toMatchObject({ exported: 1, removed: 1 });
    expect(keys().filter((key) => key.startsWith("iiif/3/maps/a/b/"))).toEqual([]);
    expect(keys()).toContain("iiif/3/maps/a/full/100,50/0/default.jpg");
    expect(keys().filter((key) => key.includes("333"))).toEqual([]);
    endpoint.objects.set("else/letter", { bytes: Buffer.from("mine"), etag: "1", headers: {} });
    await expect(bucketPlace(bucketOf(), "else/")).rejects.toThrow("holds something that is no export");
  });
});
