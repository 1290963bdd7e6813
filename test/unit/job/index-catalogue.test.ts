import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { formatPageLines, type PageLines, pageLinesKey } from "../../../src/catalogue/page-text.ts";
import type { Work } from "../../../src/catalogue/work.ts";
import { formatWork, workKey } from "../../../src/catalogue/work-record.ts";
import { type IndexOptions, indexCatalogue } from "../../../src/job/index-catalogue.ts";
import { storePageText } from "../../../src/job/page-text.ts";
import { objectOf } from "../../../src/search/index-layout.ts";
import { bucketsAt } from "../../support/ingest.ts";
import { type S3Endpoint, startS3Endpoint } from "../../support/s3-endpoint.ts";
import { type CountedDatabase, openSearchDatabase } from "../../support/search-database.ts";
import { makePage, makeWork } from "../../support/works.ts";

let endpoint: S3Endpoint;
let database: CountedDatabase;
beforeEach(async () => {
  endpoint = await startS3Endpoint();
  database = openSearchDatabase();
});
afterEach(() => endpoint.close());

const lay = (key: string, bytes: Uint8Array | string) =>
  endpoint.catalogue.set(key, { bytes: Buffer.from(bytes), etag: "", headers: {} });
const layWork = (work: Work) => lay(workKey(work.key), formatWork(work));

const withText = (version: string) => ({ text: { format: "plain", file: "1.txt", version } }) as const;

/** Lays an object of one page with this text. */
function layBook(key: string, text: string, version = text): void {
  const lines: PageLines = { width: 30, height: 40, format: "plain", file: "1.txt", lines: [{ text }] };
  layWork(makeWork({ key, label: { en: [key] }, pages: [makePage("1", withText(version))] }));
  lay(pageLinesKey({ object: key, page: "1" }), formatPageLines(lines));
}

async function index(change: Partial<IndexOptions> = {}) {
  const problems: Record<string, string> = {};
  const onProblem = (key: string, reason: string) => {
    problems[key] = reason;
  };
  const { catalogue } = bucketsAt(endpoint);
  const { failure, ...outcome } = await indexCatalogue({ catalogue, database }, { onProblem, ...change });
  return { ...outcome, failure: failure?.code, told: problems };
}

/** Returns keys of the objects in whose entries an expression is found, and checks the table of words for integrity. */
async function find(expression: string): Promise<readonly unknown[]> {
  const sql = `SELECT DISTINCT object FROM search_words JOIN search_objects ON search_objects.id = ${objectOf("search_words.rowid")}
    WHERE search_words MATCH ?1 ORDER BY object`;
  const check = "INSERT INTO search_words (search_words, rank) VALUES ('integrity-check', 1)";
  const [rows = []] = await database.run([
    { sql, values: [expression] },
    { sql: check, values: [] },
  ]);
  return rows.map(({ object }) => object);
}

describe("the index", () => {
  it("holds what is known of objects, and the text of their pages", async () => {
    layBook("a/1", "needle");
    layBook("b", "thread");
    expect(await index()).toEqual({
      ...{ indexed: 2, kept: 0, removed: 0, pages: 2, problems: 0, failure: undefined, told: {} },
    });
    expect(await find("needle")).toEqual(["a/1"]);
    expect(await find("b")).toEqual(["b"]);
  });

  it("takes over what has changed and nothing else, and takes out what is gone", async () => {
    for (const key of ["a", "b", "c"]) layBook(key, `needle of ${key}`);
    await index();
    layBook("b", "thread");
    endpoint.catalogue.delete(workKey("c"));
    const { counts } = database;
    counts.statements = 0;
    expect(await index()).toMatchObject({ indexed: 1, kept: 1, removed: 1, problems: 0 });
    // The layout, the versions, an object with its entries, one taken out.
    expect(counts.statements).toBe(5 + 1 + 4 + 2);
    expect([await find("needle"), await find("thread")]).toEqual([["a"], ["b"]]);
    expect(await index()).toMatchObject({ indexed: 0, kept: 2, removed: 0 });
  });

  it("is made anew when that is asked for", async () => {
    layBook("a", "needle");
    await index();
    expect(await index({ rebuild: true })).toMatchObject({ indexed: 1, kept: 0 });
    expect(await find("needle")).toEqual(["a"]);
  });

  it.each([3, 4, 5])("is whole after a run that broke off at its batch number %i and another run", async (failFrom) => {
    for (let number = 10; number < 60; number += 1) layBook(`n${number}`, `needle ${"x".repeat(40_000)}`);
    database.failFrom = failFrom;
    expect(await index()).toMatchObject({ failure: "unavailable" });
    database.failFrom = undefined;
    const { indexed, kept } = await index();
    expect(indexed + kept).toBe(50);
    expect(await find("needle")).toHaveLength(50);
  });

  it("leaves out what can't be read and says so, and keeps what it had of it", async () => {
    layBook("a", "needle");
    layBook("b", "needle");
    await index();
    lay(workKey("a"), "{}");
    layBook("b", "thread");
    lay(pageLinesKey({ object: "b", page: "1" }), "[]");
    const { told, ...outcome } = await index();
    expect(outcome).toMatchObject({ indexed: 1, removed: 0, problems: 2 });
    expect(Object.keys(told)).toEqual(["objects/a.json", "text/b/1.json"]);
    expect([await find("needle"), await find("b")]).toEqual([["a"], ["b"]]);
  });

  it("says that the text of a page is not there", async () => {
    layBook("a", "needle");
    endpoint.catalogue.delete(pageLinesKey({ object: "a", page: "1" }));
    expect(await index()).toMatchObject({ problems: 1, told: { "text/a/1.json": "It is not there." } });
  });

  it("holds the start of a text that no row has room for, and says so", async () => {
    layBook("a", `needle ${"東".repeat(400_000)} thread`);
    expect(await index()).toMatchObject({ problems: 1, told: { "a, page 1": expect.stringMatching(/too long/) } });
    expect([await find("needle"), await find("thread")]).toEqual([["a"], []]);
  });

  it("is stopped between two objects", async () => {
    layBook("a", "needle");
    expect(await index({ signal: AbortSignal.abort() })).toMatchObject({ failure: "stopped", indexed: 0 });
  });
});

describe("the text of a page", () => {
  const page = { key: "0001", width: 3000, height: 4000 };
  const bytes = Buffer.from(
    `<alto><Layout><Page WIDTH="1500" HEIGHT="2000"><TextBlock LANG="de"><TextLine HPOS="1" VPOS="2" WIDTH="3" HEIGHT="4"><String CONTENT="Wort"/></TextLine></TextBlock></Page></Layout></alto>`,
  );
  const store = (change: object = {}) =>
    storePageText(bucketsAt(endpoint).catalogue, {
      ...{ object: "atlas/1", page, file: { name: "scan.xml", bytes } },
      ...change,
    });

  it("is stored as the file that it was, with its lines beside it", async () => {
    const outcome = await store();
    expect(outcome).toEqual({
      kind: "stored",
      lines: 1,
      text: { format: "alto", file: "0001.alto.xml", language: "de", version: expect.stringMatching(/^[\da-f]{32}$/) },
    });
    expect(endpoint.catalogue.get("text/atlas/1/0001.alto.xml")?.bytes.equals(bytes)).toBe(true);
    expect(JSON.parse(String(endpoint.catalogue.get("text/atlas/1/0001.json")?.bytes))).toEqual({
      ...{ width: 3000, height: 4000, format: "alto", file: "0001.alto.xml", language: "de" },
      lines: [{ text: "Wort", area: { x: 2, y: 4, width: 6, height: 8 } }],
    });
  });

  it("is kept where it is there already, and stored again where anything of it has changed", async () => {
    const first = await store();
    expect(await store()).toEqual({ ...first, kind: "kept" });
    for (const change of [{ language: "la" }, { page: { ...page, width: 6000 } }]) {
      const other = await store(change);
      expect(other.kind).toBe("stored");
      expect(other).not.toEqual(first);
    }
  });

  it("is a fault where it can't be read, and nothing is stored", async () => {
    expect(await store({ file: { name: "scan.xml", bytes: Buffer.from("<mets/>") } })).toMatchObject({ kind: "fault" });
    const line = `<TextLine HPOS="1000" VPOS="1000" WIDTH="400" HEIGHT="400"><String CONTENT="${"\u0e01".repeat(52)}"/></TextLine>`;
    const long = `<alto><Page WIDTH="1500" HEIGHT="2000">${line.repeat(20_000)}</Page></alto>`;
    expect(await store({ file: { name: "scan.xml", bytes: Buffer.from(long) } })).toEqual({
      kind: "fault",
      fault: expect.stringMatching(/lines take \d+ bytes, and may take 4194304/),
    });
    expect(endpoint.catalogue.size).toBe(0);
  });
});
