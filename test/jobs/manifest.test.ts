import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { findItems } from "../../src/batch/find-items.ts";
import type { Jobs } from "../../src/batch/jobs.ts";
import type { TaskHeader } from "../../src/batch/ledger-calls.ts";
import { parseFeedRun } from "../../src/catalogue/feed-run.ts";
import { parseImageRecord, recordKey, type StoredRecord } from "../../src/catalogue/image-records.ts";
import { formatPageLines, pageLinesKey } from "../../src/catalogue/page-text.ts";
import type { Work } from "../../src/catalogue/work.ts";
import { formatWork, parseWork, workKey } from "../../src/catalogue/work-record.ts";
import { mostManifestPages } from "../../src/limits.ts";
import { indexLayout } from "../../src/search/index-layout.ts";
import type { ItemStatus } from "../../src/task/answers.ts";
import { platformClock } from "../../src/timers.ts";
import { makeTiff } from "../support/make-tiff.ts";
import { itemsOf, putMaster, send, untilReported } from "../support/tasks.ts";

/** A manifest, as far as it is looked at. */
interface Manifest {
  readonly label: object;
  readonly items: readonly {
    readonly id: string;
    readonly label: object;
    readonly width: number;
    readonly height: number;
    readonly thumbnail: readonly { readonly service: readonly { readonly sizes: readonly object[] }[] }[];
  }[];
}

/** Sends a task, and returns what came of its items, by their keys. */
async function runTask(task: object | string): Promise<ReadonlyMap<string, ItemStatus>> {
  const { id } = await send(task);
  await untilReported(id);
  return new Map((await itemsOf(id)).map((item) => [item.key, item]));
}

/** Makes the object of one folder. */
async function makeObject(key: string, identifier?: string): Promise<ItemStatus> {
  const items = await runTask({ kind: "manifest", items: [{ key, ...(identifier && { identifier }) }] });
  return items.get(key)!;
}

/** The manifest of an object, as the Worker of images answers it. */
async function manifestOf(object: string): Promise<Manifest> {
  const address = `https://images.example/presentation/3/${encodeURIComponent(object)}/manifest`;
  const answer = await env.IMAGES.fetch(address);
  expect(answer.status).toBe(200);
  return answer.json();
}

async function recordOf(object: string): Promise<Work> {
  return parseWork(new Uint8Array(await (await env.CATALOGUE.get(workKey(object)))!.arrayBuffer()), object);
}

async function imageRecordOf(identifier: string): Promise<StoredRecord | undefined> {
  const stored = await env.CATALOGUE.get(recordKey(identifier));
  return stored === null ? undefined : parseImageRecord(new Uint8Array(await stored.arrayBuffer()), identifier);
}

const size = { width: 400, height: 300 } as const;

const pageOf = (key: string, identifier: string) => ({ key, ...size, images: [{ identifier, ...size, sizes: [] }] });

const text = (value: string) => ({ none: [value] });

const other = { width: 300, height: 420 } as const;
let levels: readonly Uint8Array[];
let upright: Uint8Array;

beforeAll(async () => {
  const form = { tile: 64, compression: "deflate" } as const;
  levels = [await makeTiff({ ...size, ...form, levels: 1 }), await makeTiff({ ...size, ...form, levels: 3 })];
  upright = await makeTiff({ ...other, ...form, levels: 2 });
  await env.SEARCH.batch(indexLayout.map((sql) => env.SEARCH.prepare(sql)));
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe("a task that makes objects", () => {
  it("makes one of each folder below a prefix, whose manifest is served, and keeps what it made", async () => {
    const [plain, deep] = levels;
    for (const page of ["1", "2", "10"]) await putMaster(`made/red_book/${page}`, page === "10" ? upright : deep!);
    for (const page of ["a", "b", "c"]) await putMaster(`made/blue/${page}`, plain!);
    await putMaster("made/group/inner/1", plain!);
    await putMaster("made/alone", plain!);
    const described = {
      identifier: "made/blue/b",
      label: text("Verso"),
      rights: "http://a.example/r",
      metadata: [],
      ...size,
    };
    await env.CATALOGUE.put(recordKey("made/blue/b"), JSON.stringify(described));
    await env.MASTERS.put("made/blue/.hidden", "no master");
    const task = { kind: "manifest", from: { prefix: "made/" } };
    const first = await runTask(task);
    expect([...first].map(([key, { state }]) => [key, state])).toEqual([
      ["made/blue/", "done"],
      ["made/group/", "kept"],
      ["made/red_book/", "done"],
    ]);
    const manifest = await manifestOf("made/red_book");
    expect(manifest.label).toEqual(text("red book"));
    expect(manifest.items.map(({ label, width, height }) => ({ label, width, height }))).toEqual([
      { label: text("1"), ...size },
      { label: text("2"), ...size },
      { label: text("3"), ...other },
    ]);
    expect(manifest.items.map(({ id }) => id.split("/").at(-1))).toEqual(["1", "2", "10"]);
    expect(manifest.items[0]?.thumbnail[0]?.service[0]?.sizes).toEqual([
      { width: 100, height: 75 },
      { width: 200, height: 150 },
    ]);
    // What the record of an image has called it is the label of its page from then on.
    expect((await manifestOf("made/blue")).items.map(({ label }) => label)).toEqual(["1", "Verso", "3"].map(text));
    const { label: _, ...rest } = described;
    expect(await imageRecordOf("made/blue/b")).toEqual({ ...rest, object: "made/blue" });
    expect(await imageRecordOf("made/red_book/10")).toMatchObject({ object: "made/red_book", ...other });
    const found = await env.SEARCH.prepare(
      "SELECT object FROM search_objects WHERE version <> '' ORDER BY object",
    ).all();
    expect(found.results).toEqual([{ object: "made/blue" }, { object: "made/red_book" }]);
    const before = await env.CATALOGUE.head(workKey("made/red_book"));
    // The next run that writes to the feed finds what was announced, and the mark on the record.
    const { run = "", change } = before?.customMetadata ?? {};
    const announced = await env.CATALOGUE.get(`feed/runs/${run}-1.json`);
    const { objects } = parseFeedRun(new Uint8Array(await announced!.arrayBuffer()), "the announcement");
    expect([objects, change]).toEqual([["made/red_book"], "created"]);
    const again = await runTask("kind,prefix\nmanifest,made/");
    expect([...again.values()].map(({ state, bytesOut }) => [state, bytesOut])).toEqual([
      ["kept", 0],
      ["kept", 0],
      ["kept", 0],
    ]);
    expect((await env.CATALOGUE.head(workKey("made/red_book")))?.etag).toBe(before?.etag);
  });

  it("finds each folder once, a page of the listing at a time", async () => {
    for (const folder of ["a", "b", "c", "d", "e"]) {
      for (const page of ["1", "2"]) await env.MASTERS.put(`listed/${folder}/${page}`, "");
      await env.MASTERS.put(`listed/${folder}-alone`, "");
    }
    const masters = { list: (asked: R2ListOptions) => env.MASTERS.list({ ...asked, limit: 2 }) };
    const config = { storageTimeoutSeconds: 10 };
    const jobs = { buckets: { masters }, clock: platformClock, config } as unknown as Jobs;
    const header = { kind: "manifest", from: { prefix: "listed/" } } as unknown as TaskHeader;
    const found: string[] = [];
    let part = 0;
    for (let after: string | undefined, isLast = false; !isLast; part += 1) {
      const page = await findItems(jobs, { header, part, after });
      found.push(...page.items.map(({ key }) => key));
      ({ after, isLast } = page);
    }
    expect(found).toEqual(["a", "b", "c", "d", "e"].map((folder) => `listed/${folder}/`));
    expect(part).toBeGreaterThan(4);
  });

  it("brings the sizes of a master up to date that was replaced, and the canvases stay", async () => {
    const [plain, deep] = levels;
    for (const page of ["1", "2", "3"]) await putMaster(`changed/${page}`, plain!);
    expect((await makeObject("changed/")).state).toBe("done");
    const before = await manifestOf("changed");
    await putMaster("changed/2", deep!);
    // The record is written by then: the next try finds it, and does the rest.
    vi.spyOn(Object.getPrototypeOf(env.SEARCH), "batch").mockRejectedValueOnce(new Error("D1 is overloaded."));
    expect(await makeObject("changed/")).toMatchObject({ state: "done", tries: 2 });
    const kept = await env.SEARCH.prepare("SELECT member FROM search_objects WHERE object = 'changed'").first("member");
    expect(JSON.parse(String(kept)).thumbnail.identifier).toBe("changed/1");
    expect((await env.CATALOGUE.head(workKey("changed")))?.customMetadata?.change).toBe("replaced");
    expect((await recordOf("changed")).pages[1]?.images[0]?.sizes).toHaveLength(2);
    const after = await manifestOf("changed");
    expect(after.items.map(({ id }) => id)).toEqual(before.items.map(({ id }) => id));
    expect(after.items[1]?.thumbnail[0]?.service[0]?.sizes).toHaveLength(2);
    // Of other proportions, what was drawn on the canvas would be elsewhere.
    await putMaster("changed/2", upright);
    expect(await makeObject("changed/")).toMatchObject({ state: "failed", failure: { code: "record-refused" } });
    expect(await manifestOf("changed")).toEqual(after);
  });

  it("writes nothing where a master is damaged or too many are there, and says which and what to do", async () => {
    const [plain] = levels;
    for (const page of ["1", "3"]) await putMaster(`damaged/${page}`, plain!);
    await putMaster("damaged/2", plain!.subarray(0, 60));
    const damaged = await makeObject("damaged/");
    expect(damaged).toMatchObject({ state: "failed", failure: { code: "source-malformed" } });
    expect(damaged.failure?.message).toMatch(/^damaged\/2: /);
    // What is no image is left out by the end of its key.
    await putMaster("suffixed/1.tif", plain!);
    await env.MASTERS.put("suffixed/1.xml", "<alto/>");
    expect((await makeObject("suffixed/")).failure?.message).toMatch(/^suffixed\/1\.xml: /);
    const chosen = await runTask({ kind: "manifest", from: { prefix: "suffixed", suffix: ".tif" } });
    expect(chosen.get("suffixed/")).toMatchObject({
      state: "done",
      note: expect.stringMatching(/^suffixed: 1 page\./),
    });
    expect((await makeObject("nowhere/")).failure?.code).toBe("not-found");
    await putMaster("many/1", plain!);
    const shown = Array.from({ length: mostManifestPages }, (_, index) => pageOf(`${index}`, `other/${index}`));
    const long = { key: "long book", label: text("Long"), metadata: [], collections: [], pages: shown, contents: [] };
    await env.CATALOGUE.put(workKey("long book"), formatWork(long));
    expect(await makeObject("many/", "long book")).toMatchObject({
      state: "refused",
      failure: { code: "too-large", command: "tessera ingest many --as 'long book' --to remote" },
    });
    expect(await recordOf("long book")).toEqual(long);
    for (const prefix of ["objects/damaged", "records/damaged", "records/many"]) {
      expect((await env.CATALOGUE.list({ prefix })).objects).toEqual([]);
    }
  });

  it("keeps what tables have said of an object, and adds the pages that are new", async () => {
    const [plain, deep] = levels;
    for (const page of ["1", "2", "3"]) await putMaster(`told/${page}`, plain!);
    await putMaster("told/2", deep!);
    await putMaster("cover", plain!);
    const told: Work = {
      key: "book",
      label: { de: ["Das Buch"] },
      summary: { de: ["Von Hand geschrieben"] },
      metadata: [{ label: text("Shelf"), value: text("B 7") }],
      layout: "paged",
      start: "3",
      collections: [{ key: "hands", label: text("Hands") }],
      pages: [
        { ...pageOf("front", "cover"), label: text("Cover") },
        { ...pageOf("3", "told/3"), label: text("iii"), text: { format: "plain", file: "3.txt" } },
        { ...pageOf("2", "told/2"), label: text("iv"), behaviors: ["non-paged"] },
        pageOf("lost", "gone"),
      ],
      contents: [{ key: "3", label: text("Beginning"), pages: ["3", "2"], entries: [] }],
    };
    await env.CATALOGUE.put(workKey("book"), formatWork(told));
    const lines = { ...size, format: "plain", file: "3.txt", lines: [{ text: "Once upon a time" }] } as const;
    await env.CATALOGUE.put(pageLinesKey({ object: "book", page: "3" }), formatPageLines(lines));
    expect(await makeObject("told/", "book")).toMatchObject({
      state: "done",
      note: expect.stringContaining("1 of its images have no master"),
    });
    const [front, third, second, lost] = told.pages;
    const sizes = [
      { width: 100, height: 75 },
      { width: 200, height: 150 },
    ];
    const added = { ...pageOf("1", "told/1"), label: text("1") };
    expect(await recordOf("book")).toEqual({
      ...told,
      pages: [added, front, third, { ...second, images: [{ identifier: "told/2", ...size, sizes }] }, lost],
    });
    const words =
      "SELECT entry.page FROM search_words JOIN search_entries entry ON entry.id = search_words.rowid WHERE search_words";
    expect(await env.SEARCH.prepare(`${words} MATCH 'upon'`).all()).toMatchObject({ results: [{ page: "3" }] });
    expect(await env.SEARCH.prepare(`${words} MATCH 'hand'`).all()).toMatchObject({ results: [{ page: "" }] });
    // The record of an image that lies elsewhere is none of the folder's.
    expect(await env.CATALOGUE.head(recordKey("cover"))).toBeNull();
    expect((await makeObject("told/", "book")).state).toBe("kept");
  });
});
