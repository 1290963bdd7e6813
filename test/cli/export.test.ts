import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formatWork } from "../../src/catalogue/work-record.ts";
import { runCommandLine } from "../../src/cli/command-line.ts";
import { converter } from "../../src/cli/converter.ts";
import type { Terminal } from "../../src/node/terminal.ts";
import { type LocalService, startLocalService } from "../support/local-service.ts";
import { makeTiff } from "../support/make-tiff.ts";
import { drawScene } from "../support/masters.ts";
import { allOf, valid } from "../support/presentation-documents.ts";
import { type S3Endpoint, startS3Endpoint } from "../support/s3-endpoint.ts";
import { recordTerminal } from "../support/terminal.ts";
import { loadLeafletIiif } from "../support/viewers/leaflet-iiif.ts";
import { loadOpenSeadragon } from "../support/viewers/open-seadragon.ts";
import { makeImage, makePage, makeWork } from "../support/works.ts";

const base = "https://files.example/archive";

let folder: string;
let service: LocalService;

const run = (...args: readonly string[]) => runIn({}, ...args);

async function runIn(change: Partial<Terminal>, ...args: readonly string[]) {
  const { terminal, printed, said } = recordTerminal(folder, change);
  const status = await runCommandLine(args, { terminal, converter });
  return { status, printed: printed(), said: said() };
}

const from = ["export", "--from", "local", "--state", "state", "--base", base] as const;

async function filesIn(root: string): Promise<readonly string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1)).sort();
}

/** What a host of files has at an address of the export. */
function fileAt(uri: string): string {
  return join(folder, "site", decodeURIComponent(uri.slice(base.length + 1)));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tessera-export-"));
  const book = join(folder, "scans", "maps", "Ä book");
  await mkdir(book, { recursive: true });
  await drawScene({ width: 1300, height: 900 }).png().toFile(join(book, "1.png"));
  await drawScene({ width: 300, height: 200 }).png().toFile(join(book, "2.png"));
  await writeFile(join(book, "1.txt"), "Mare balticum");
  await drawScene({ width: 90, height: 60 })
    .png()
    .toFile(join(folder, "scans", "alone.png"));
  const rights = "https://creativecommons.org/publicdomain/zero/1.0/";
  await writeFile(join(folder, "records.csv"), `file,label,rights\nmaps/Ä book/1.png,One,${rights}\n`);
  const place = ["--to", "local", "--state", "state", "--tile", "256", "--records", "records.csv"];
  const ended = await run("ingest", join(folder, "scans"), ...place);
  expect([ended.status, ended.said]).toEqual([0, expect.not.stringContaining("failed")]);
  const exported = await run(...from, "--to", "site", "--api", "both", "--thumbs", "90,200", "--manifests", "--json");
  expect([exported.status, exported.said]).toEqual([0, expect.stringContaining("exported  maps/Ä-book/1")]);
  const { failures, leftOut, ...counts } = JSON.parse(exported.printed);
  expect([failures, leftOut]).toEqual([[], []]);
  expect(counts).toMatchObject({ exported: 3, manifests: 2, unknown: [] });
  expect(counts.files).toBe(counts.forecast.files - 6 + counts.manifests);
  service = await startLocalService(join(folder, "state"));
});
afterAll(async () => {
  await service?.close();
  await rm(folder, { recursive: true });
});

const image = "maps/Ä-book/1";

describe("tessera export", () => {
  it.each([3, 2])(
    "writes what the service answers to the same paths, byte for byte, in version %i",
    async (version) => {
      const root = join(folder, "site", "iiif", String(version), ...image.split("/"));
      const pictures = (await filesIn(root)).filter((path) => path.endsWith(".jpg"));
      expect(pictures.length).toBeGreaterThan(30);
      const differing: string[] = [];
      for (const path of pictures) {
        const answer = await fetch(`${service.base}/iiif/${version}/${encodeURIComponent(image)}/${path}`);
        const bytes = Buffer.from(await answer.arrayBuffer());
        if (answer.status !== 200 || !bytes.equals(await readFile(join(root, path)))) differing.push(path);
      }
      expect(differing).toEqual([]);
    },
  );

  it("writes what viewers ask for", async () => {
    const names = ["openseadragon-2", "openseadragon-3", "openseadragon-4", "openseadragon-5", "openseadragon"];
    const viewers = [...names.map(loadOpenSeadragon), loadLeafletIiif()];
    const missing: string[] = [];
    let asked = 0;
    for (const identifier of [image, "maps/Ä-book/2", "alone"]) {
      for (const version of [3, 2]) {
        const url = `${base}/iiif/${version}/${encodeURI(identifier)}/info.json`;
        const info = JSON.parse(await readFile(fileAt(url), "utf8"));
        expect(info[version === 3 ? "id" : "@id"]).toBe(url.replace("/info.json", ""));
        for (const viewer of viewers) {
          for (const { path } of (await viewer.listLevels(info, url)).flatMap(({ tiles }) => tiles)) {
            asked += 1;
            if (!existsSync(fileAt(`https://files.example${path}`))) missing.push(`${viewer.name} ${path}`);
          }
        }
      }
    }
    expect(asked).toBeGreaterThan(200);
    expect(missing).toEqual([]);
  });

  it("writes manifests whose pictures and services are files", async () => {
    const uri = `${base}/presentation/3/maps/%C3%84-book/manifest.json`;
    const manifest = valid(JSON.parse(await readFile(fileAt(uri), "utf8")));
    expect(manifest.id).toBe(uri);
    const services = allOf(manifest, "service").flat();
    expect(services.length).toBeGreaterThanOrEqual(4);
    for (const { id, profile, sizes, width } of services) {
      const info = JSON.parse(await readFile(fileAt(`${id}/info.json`), "utf8"));
      expect({ profile, sizes, width }).toEqual({ profile: "level0", sizes: info.sizes, width: info.width });
    }
    const pictures = [...allOf(manifest, "id"), ...allOf(manifest, "thumbnail").flat()]
      .map((each) => (typeof each === "string" ? each : each.id))
      .filter((id) => id.endsWith("/default.jpg"));
    expect(pictures.length).toBeGreaterThanOrEqual(4);
    for (const id of pictures)
      expect(await sharp(await readFile(fileAt(id))).metadata()).toMatchObject({ format: "jpeg" });
    // Texts, searches and collections are no files of it.
    for (const name of ["annotations", "partOf"]) expect(allOf(manifest, name)).toEqual([]);
    const info = JSON.parse(await readFile(fileAt(`${base}/iiif/3/${encodeURI(image)}/info.json`), "utf8"));
    expect(info.rights).toBe("http://creativecommons.org/publicdomain/zero/1.0/");
  });

  it("exports files of this machine by the names that the ingest gives them", async () => {
    const { status } = await run("export", join(folder, "scans"), "--to", "own.zip", "--base", base);
    expect(status).toBe(0);
    const zip = (await readFile(join(folder, "own.zip"))).toString("latin1");
    expect(zip).toContain(`iiif/3/${Buffer.from("maps/Ä-book/2").toString("latin1")}/info.json`);
  });

  it("names all that is wrong at once, and writes nothing", async () => {
    const { status, said } = await run("export", "--object", "a", "--api", "2", "--manifests", "--to", "r2:");
    expect(status).toBe(2);
    expect(said.split("\n").map((line) => line.trim())).toEqual([
      "Several things are wrong:",
      "no file or folder is named, and no bucket by --from.",
      "--object and --manifests have no effect without --from.",
      "--manifests needs --api 3 or --api both.",
      "--base is missing, because wrangler.toml has no BASE_URL: the address of the export.",
      '--to is "r2:", not r2:BUCKET/PREFIX.',
      expect.stringContaining("Usage: tessera export"),
      "",
    ]);
    const taken = await run(...from, "--to", "scans");
    expect([taken.status, taken.said]).toEqual([2, expect.stringContaining("holds something that is no export")]);
  });
});

describe("tessera export from and to an S3 storage", () => {
  let endpoint: S3Endpoint;
  const remote = (...args: readonly string[]) => {
    const keys = { AWS_ACCESS_KEY_ID: endpoint.accessKeyId, AWS_SECRET_ACCESS_KEY: endpoint.secretAccessKey };
    const place = ["--from", "remote", "--endpoint", endpoint.url, "--base", base, "--json"];
    const buckets = ["--bucket", endpoint.bucket, "--catalogue-bucket", endpoint.catalogueBucket];
    return runIn({ environment: keys }, "export", ...args, ...place, ...buckets);
  };

  beforeAll(async () => {
    endpoint = await startS3Endpoint();
    const master = Buffer.from(await makeTiff({ width: 100, height: 50, tile: 64 }));
    for (const key of ["maps/1", "maps/2", "b"]) endpoint.objects.set(key, { bytes: master, etag: key, headers: {} });
    const pages = ["1", "2"].map((name) => makePage(name, { images: [makeImage({ identifier: `maps/${name}` })] }));
    const { start: _, thumbnail: __, ...work } = makeWork({ key: "atlas", pages, contents: [] });
    const record = Buffer.from(formatWork(work));
    endpoint.catalogue.set("objects/atlas.json", { bytes: record, etag: "1", headers: {} });
  });
  afterAll(() => endpoint?.close());

  it("foretells what it would be, and reads no more than the head of each master", async () => {
    endpoint.arrivals.length = 0;
    const { status, printed } = await remote("--to", "none", "--match", "maps/*", "--dry-run");
    expect([status, JSON.parse(printed)]).toMatchObject([0, { dryRun: true, forecast: { images: 2, files: 16 } }]);
    const read = endpoint.arrivals.filter(({ operation }) => operation === "GetObject").map(({ key }) => key);
    // The rules and the records say who may see them.
    expect(read.toSorted()).toEqual(["maps/1", "maps/2", "records/maps/1.json", "records/maps/2.json", "rules.json"]);
    expect(existsSync(join(folder, "none"))).toBe(false);
  });

  it("goes into a bucket, and says what that costs", async () => {
    const { status, printed } = await remote("b", "--to", "r2:derivatives/site/");
    expect(status).toBe(0);
    expect(JSON.parse(printed)).toMatchObject({
      to: expect.stringMatching(/^site\/ in derivatives at /),
      exported: 1,
      forecast: { cost: { operations: { classA: 8 } } },
    });
    expect(endpoint.derivatives.has("site/iiif/3/b/info.json")).toBe(true);
  });

  it("says which object lacks an image, and which name means nothing", async () => {
    const one = await remote("maps/1", "none/such", "--to", "part", "--manifests");
    expect([one.status, one.said]).toEqual([1, expect.stringContaining("There is no image none/such")]);
    expect(JSON.parse(one.printed)).toMatchObject({
      exported: 1,
      manifests: 0,
      leftOut: [{ object: "atlas", message: expect.stringContaining("maps/2") }],
      unknown: ["none/such"],
    });
    const all = await remote("--object", "atlas", "--to", "part", "--manifests");
    expect([all.status, JSON.parse(all.printed)]).toMatchObject([
      0,
      { exported: 1, unchanged: 1, manifests: 1, leftOut: [] },
    ]);
    const lost = await remote("--object", "none", "--to", "part");
    expect([lost.status, lost.said]).toEqual([2, expect.stringContaining("there is no object none")]);
  });
});
