import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { shareLocalBuckets } from "../../src/bucket/open-local-buckets.ts";
import { runCommandLine } from "../../src/cli/command-line.ts";
import { converter } from "../../src/cli/converter.ts";
import { harvest } from "../support/harvester.ts";
import { type LocalService, startLocalService } from "../support/local-service.ts";
import { allOf, valid } from "../support/presentation-documents.ts";
import { recordTerminal } from "../support/terminal.ts";

let folder: string;
let endSharing: () => Promise<void>;
let service: LocalService;
let localBase: string;
let manifest: string;

async function run(...args: readonly string[]) {
  const { terminal, printed, said } = recordTerminal(folder);
  const status = await runCommandLine(args, { terminal, converter });
  return { status, printed: printed(), said: said() };
}

const place = ["--to", "local", "--state", "state"] as const;
const tables = ["--objects", "objects.csv", "--records", "records.csv", "--collections", "collections.csv"] as const;

const scans = (name = "") => join(folder, "scans", name);

async function layImages(...names: readonly string[]): Promise<void> {
  for (const [index, name] of names.entries()) {
    const file = join(folder, "scans", name);
    await mkdir(dirname(file), { recursive: true });
    const background = { r: (37 * index) % 256, g: 120, b: 200 };
    await sharp({ create: { width: 600, height: 400, channels: 3, background } })
      .png()
      .toFile(file);
  }
}

const lay = (name: string, text: string) => writeFile(join(folder, name), text);

beforeAll(async () => {
  endSharing = shareLocalBuckets();
  folder = await mkdtemp(join(tmpdir(), "tessera-manifest-"));
  await layImages("maps/baltic/1.png", "maps/baltic/2.png", "maps/baltic/10.png", "maps/north_sea/1.png");
  await layImages("albums/summer/a.png", "albums/summer/a-uv.png", "albums/summer/b.png", "logos/library.png");
  await lay("scans/maps/baltic/1.txt", "Mare balticum");
  await lay(
    "objects.csv",
    "object;label@en;label@de;summary@en;rights;nav_date;direction;layout;start;collection;page_labels;Shelfmark;provider\r\n" +
      "maps/baltic;The Baltic;Die Ostsee;<p>A <b>map</b></p>;https://creativecommons.org/publicdomain/zero/1.0/;1850;rtl;paged;1v;maps;1r-2r;K 7|K 8;library\r\n" +
      "albums/summer;Summer;;;;;;;;albums|maps;;;\r\n",
  );
  await lay(
    "records.csv",
    "file,label,canvas,toc,behavior\n" +
      "maps/baltic/1.png,,,Part I,\nmaps/baltic/2.png,,,Part I > Coast,non-paged\n" +
      "albums/summer/a.png,Visible,a,,\nalbums/summer/a-uv.png,Ultraviolet,a,,\n",
  );
  await lay(
    "collections.csv",
    "collection,label@en,label@de,summary,thumbnail,behavior,Curator\nmaps,Maps,Karten,All maps,maps/baltic/2,,N. N.\nalbums,Albums,Alben,,,multi-part,\n",
  );
  const library = { uri: "https://library.example/", label: { en: "The Library" }, logo: "logos/library" };
  await lay("tessera.config.json", JSON.stringify({ providers: { library } }));
  const ended = await run("ingest", scans(), ...place, ...tables);
  expect([ended.status, ended.said]).toEqual([0, expect.not.stringContaining("not written")]);
  service = await startLocalService(join(folder, "state"));
  localBase = service.base;
  manifest = `${localBase}/presentation/3/maps%2Fbaltic/manifest`;
});
afterAll(async () => {
  await service?.close();
  await endSharing();
  await rm(folder, { recursive: true });
});

describe("what an ingest of folders and tables makes", () => {
  it("is served: an object with what its row, its images' rows and its folder say", async () => {
    const { status, reads } = await service.ask("/presentation/3/maps%2Fbaltic/manifest");
    expect([status, reads]).toEqual([200, 1]);
    const document = valid(await service.read(manifest));
    expect(document).toMatchObject({
      id: manifest,
      label: { en: ["The Baltic"], de: ["Die Ostsee"] },
      rights: "http://creativecommons.org/publicdomain/zero/1.0/",
      navDate: "1850-01-01T00:00:00Z",
      viewingDirection: "right-to-left",
      behavior: ["paged"],
      metadata: [{ label: { none: ["Shelfmark"] }, value: { none: ["K 7", "K 8"] } }],
      start: { id: `${localBase}/presentation/maps%2Fbaltic/canvas/2` },
      structures: [{ label: { none: ["Part I"] }, items: [expect.anything(), { label: { none: ["Coast"] } }] }],
    });
    expect(document.items.map(({ label }: { label: unknown }) => label)).toEqual([
      { none: ["1r"] },
      { none: ["1v"] },
      { none: ["2r"] },
    ]);
    expect(document.items[0].annotations).toHaveLength(1);
    expect(document.provider[0].logo[0].service[0].id).toBe(`${localBase}/iiif/3/logos%2Flibrary`);
  });

  it("is served: collections that nest, by the labels of their rows on both sides", async () => {
    const labels = { maps: { en: ["Maps"], de: ["Karten"] }, albums: { en: ["Albums"], de: ["Alben"] } };
    const top = valid(await service.read(`${localBase}/presentation/3/top/collection`));
    expect(top.items.map(({ id, label, behavior }: Record<string, unknown>) => [id, label, behavior])).toEqual([
      [`${localBase}/presentation/3/albums/collection`, labels.albums, ["multi-part"]],
      [`${localBase}/presentation/3/maps/collection`, labels.maps, undefined],
      [`${localBase}/presentation/3/logos/manifest`, { none: ["logos"] }, undefined],
    ]);
    const maps = valid(await service.read(top.items[1].id));
    expect(maps.thumbnail[0].service[0].id).toBe(`${localBase}/iiif/3/maps%2Fbaltic%2F2`);
    expect(maps.items.map(({ label }: Record<string, unknown>) => label)).toEqual([
      { none: ["north sea"] },
      { en: ["Summer"] },
      { en: ["The Baltic"], de: ["Die Ostsee"] },
    ]);
    const summer = valid(await service.read(`${localBase}/presentation/3/albums%2Fsummer/manifest`));
    expect(summer.partOf.map(({ label }: Record<string, unknown>) => label)).toEqual([labels.albums, labels.maps]);
    const [choice] = summer.items[0].items[0].items;
    expect(choice.body.items.map(({ label }: Record<string, unknown>) => label)).toEqual([
      { none: ["Visible"] },
      { none: ["Ultraviolet"] },
    ]);
  });

  it("has no id that leads nowhere, in either version: documents, pieces, texts, files, pictures", async () => {
    expect((await run("index", ...place)).status).toBe(0);
    const ids = new Set<string>();
    for (const object of ["maps%2Fbaltic", "albums%2Fsummer", "maps%2Fnorth_sea", "logos"]) {
      for (const version of [3, 2]) {
        const document = await service.read(`${localBase}/presentation/${version}/${object}/manifest`);
        for (const id of [...allOf(document, "id"), ...allOf(document, "@id")]) ids.add(id);
      }
    }
    const ours = [...ids].filter((id) => id.startsWith(localBase));
    expect(ours.length).toBeGreaterThan(60);
    const dead: string[] = [];
    for (const id of ours) {
      // The sequence of 2.1 is embedded, and named by no document of its own.
      const isEmbedded = id.endsWith("/sequence/normal");
      const path = id.slice(localBase.length);
      const isService = /^\/iiif\/[23]\/[^/]+$/.test(path);
      const isSearch = /\/search\/[12]$/.test(path);
      const { status } = await service.ask(path + (isService ? "/info.json" : isSearch ? "?q=mare" : ""));
      if (status !== 200 && !isEmbedded) dead.push(`${status} ${id}`);
    }
    expect(dead).toEqual([]);
  });

  it("is told by the feed: all of it once, and nothing when nothing has changed", async () => {
    const feed = `${localBase}/presentation/activity`;
    const { included } = await harvest(service.read, feed);
    const paths = ["albums%2Fsummer/manifest", "albums/collection", "logos/manifest", "maps%2Fbaltic/manifest"];
    paths.push("maps%2Fnorth_sea/manifest", "maps/collection", "top/collection");
    expect(included.toSorted()).toEqual(paths.map((path) => `${localBase}/presentation/3/${path}`));
    const before = (await service.read(feed)).totalItems;
    expect((await run("ingest", scans(), ...place, ...tables)).status).toBe(0);
    expect((await service.read(feed)).totalItems).toBe(before);
  });
});

describe("tessera manifest", () => {
  it("--show prints what viewers get, in both versions", async () => {
    for (const version of [3, 2]) {
      const { status, printed } = await run(
        ...["manifest", "--show", "maps/baltic", "--api", String(version), "--base", localBase],
        ...place,
      );
      expect(status).toBe(0);
      const served = await service.read(`${localBase}/presentation/${version}/maps%2Fbaltic/manifest`);
      expect(JSON.parse(printed)).toEqual(served);
    }
    const none = await run("manifest", "--show", "maps/none", ...place);
    expect([none.status, none.printed]).toEqual([2, ""]);
    expect(none.said).toContain("there is no object maps/none");
  });

  it("--check tells what would be made, and writes nothing", async () => {
    const { status, printed } = await run("manifest", scans(), "--check", ...tables, "--state", "other");
    expect(status).toBe(0);
    expect(printed).toContain("maps/baltic: The Baltic, 3 pages");
    expect(printed).toContain("nothing is wrong, and nothing was written");
    await expect(readFile(join(folder, "other"))).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("--check tells all that is wrong with all tables at once, by row and column", async () => {
    await lay("wrong.csv", "object,lable,rights,start,direction\nmaps/baltic,x,mine,none,up\nnowhere,,,,\n");
    await lay("wrong-records.csv", "file,order,toc\nmaps/baltic/1.png,first,\n");
    await lay("wrong-collections.csv", "collection,behavior\nmaps,paged\n");
    const wrong = [
      "--objects",
      "wrong.csv",
      "--records",
      "wrong-records.csv",
      "--collections",
      "wrong-collections.csv",
    ];
    const { status, said } = await run("manifest", scans(), "--check", ...wrong);
    expect(status).toBe(2);
    for (const fault of [
      "wrong.csv: row 1, column B: the column lable is not known: did you mean label?",
      'wrong.csv: row 2, column C: rights is "mine"',
      'wrong.csv: row 2, column D: start is "none", which is no page of maps/baltic',
      'wrong.csv: row 2, column E: direction is "up"',
      "wrong.csv: row 3, column A: nowhere has no pages",
      'wrong-records.csv: row 2, column B: order is "first"',
      'wrong-collections.csv: row 2, column B: behavior is "paged"',
    ])
      expect(said).toContain(fault);
  });

  it("--template writes tables that change nothing when they are taken in again, and never over others", async () => {
    await mkdir(join(folder, "export"));
    const made = await run("manifest", "--template", "--out", "export", ...place);
    expect(made).toMatchObject({
      status: 0,
      printed: "4 objects in objects.csv, 7 pages in records.csv, 3 collections in collections.csv\n",
    });
    const collections = await readFile(join(folder, "export/collections.csv"), "utf8");
    expect(collections).toContain("maps,,Maps,Karten,All maps,,maps/baltic/2,,N. N.");
    const again = await run("manifest", "--template", "--out", "export", ...place);
    expect(again.status).toBe(2);
    for (const name of ["objects", "records", "collections"])
      expect(again.said).toContain(`${name}.csv is there already`);
    const exported = tables.map((one) => (one.endsWith(".csv") ? `export/${one}` : one));
    const taken = await run("ingest", scans(), ...place, ...exported, "--json");
    expect(taken.status).toBe(0);
    const report = JSON.parse(taken.printed);
    expect(report.objectTotals).toEqual({ written: 0, unchanged: 4, failed: 0 });
    expect(report.collections.map(({ status }: { status: string }) => status)).toEqual(Array(3).fill("unchanged"));
    expect(report.feed).toEqual({ told: 0 });
    // Of the images neither master nor record is stored again.
    expect(report.totals).toMatchObject({ stored: 0, replaced: 0, kept: 8 });
    expect(taken.printed).not.toContain("record was stored");
  });

  it("--template leaves out a record that can't be read, and says so", async () => {
    const { localBuckets } = await import("../../src/bucket/local-buckets.ts");
    const { checkedBytes } = await import("../../src/bucket/upload.ts");
    const configFile = join(import.meta.dirname, "..", "..", "wrangler.toml");
    const buckets = localBuckets({ configFile, stateFolder: join(folder, "state") });
    const headers = { contentType: "application/json", metadata: {} };
    await buckets.catalogue.put("objects/broken.json", checkedBytes(Buffer.from("{}")), headers);
    try {
      await mkdir(join(folder, "partial"));
      const { status, said } = await run("manifest", "--template", "--out", "partial", ...place);
      expect(status).toBe(1);
      expect(said).toContain("objects/broken.json: ");
      const shown = await run("manifest", "--show", "broken", ...place);
      expect([shown.status, shown.said.includes("record-malformed")]).toEqual([1, true]);
    } finally {
      await buckets.catalogue.delete("objects/broken.json");
      await buckets.close();
    }
  });
});

describe("a later table of collections", () => {
  it("renames a collection everywhere, and tells of a picture that is not stored", async () => {
    await lay("renamed.csv", "collection,label,thumbnail\nmaps,Charts,maps/none\n");
    const { status, printed } = await run(
      "ingest",
      scans("logos/library.png"),
      ...place,
      "--collections",
      "renamed.csv",
    );
    expect(status).toBe(0);
    expect(printed).toContain("Note: the collection maps: its thumbnail maps/none is not stored");
    const charts = { none: ["Charts"] };
    expect((await service.read(`${localBase}/presentation/3/maps/collection`)).label).toEqual(charts);
    expect((await service.read(`${localBase}/presentation/3/top/collection`)).items.at(-1).label).toBeDefined();
    for (const object of ["maps%2Fbaltic", "maps%2Fnorth_sea", "albums%2Fsummer"]) {
      const { partOf } = await service.read(`${localBase}/presentation/3/${object}/manifest`);
      expect([object, partOf.at(-1).label]).toEqual([object, charts]);
    }
    await layImages("maps/adriatic/1.png");
    expect((await run("ingest", scans(), ...place)).status).toBe(0);
    expect((await service.read(`${localBase}/presentation/3/maps%2Fadriatic/manifest`)).partOf[0].label).toEqual(
      charts,
    );
  });

  it("tells of a logo that is not stored, once", async () => {
    const library = { uri: "https://library.example/", label: { en: "The Library" }, logo: "logos/none" };
    await lay("other.config.json", JSON.stringify({ providers: { library } }));
    const { printed } = await run("ingest", scans(), ...place, ...tables, "--config", "other.config.json");
    expect(printed.match(/Note: the logo logos\/none is not stored/g)).toHaveLength(1);
  });
});
