import { introspectWorkflow } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { openImage, prefixBytes } from "../../src/masters/image.ts";
import { memorySource } from "../../src/source/memory.ts";
import type { ItemStatus, TaskStatus } from "../../src/task/answers.ts";
import type { TaskDoor } from "../../src/task/door.ts";
import { makeTiff } from "../support/make-tiff.ts";
import { writePng } from "../support/png-writer.ts";
import { plant } from "../support/tasks.ts";

const door = () => (exports as unknown as { readonly Tasks: TaskDoor }).Tasks;

/** Sends a task and returns how it ended, with its items by their keys. */
async function runTask(order: object): Promise<{ status: TaskStatus; items: ReadonlyMap<string, ItemStatus> }> {
  const sent = await door().submit({
    bytes: new TextEncoder().encode(JSON.stringify(order)),
    form: "json",
    operator: "test",
  });
  if (!("value" in sent)) throw new Error(JSON.stringify(sent.refusal));
  const { id } = sent.value;
  for (;;) {
    const status = await door().status(id);
    if ("value" in status && status.value.state === "done" && status.value.report !== undefined) {
      const page = await door().items(id, { state: undefined, after: 0 });
      if (!("value" in page)) throw new Error("The items are not told.");
      return { status: status.value, items: new Map(page.value.items.map((item) => [item.key, item])) };
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The levels of a stored master, as the service opens it. */
async function levelsOf(key: string): Promise<readonly (readonly [number, number])[]> {
  const file = new Uint8Array(await (await env.MASTERS.get(key))!.arrayBuffer());
  const image = await openImage({ source: memorySource(file), prefix: file.subarray(0, prefixBytes), page: 1 });
  return image.pyramid.levels.map(({ width, height }) => [width, height]);
}

const size = { width: 1301, height: 907 };
let strips: Uint8Array;

beforeAll(async () => {
  strips = await makeTiff({ ...size, compression: "lzw", levels: 1 });
});

describe("a task that converts", () => {
  it("makes masters in place and under other identifiers, and keeps what is made", async () => {
    const rows = new Uint8Array((3 * 700 + 1) * 500).map((_, at) => (at % 2101 === 0 ? 0 : at % 251));
    const png = writePng({ width: 700, height: 500, bitDepth: 8, colorType: 2, rows });
    await env.MASTERS.put("new/strips", strips);
    await env.MASTERS.put("uploads/strips.tif", strips);
    await env.MASTERS.put("uploads/page.png", png);
    await env.MASTERS.put("uploads/broken.tif", strips.subarray(0, 40_000));
    await env.MASTERS.put("uploads/whole.jp2", new Uint8Array([0, 0, 0, 12, 0x6a, 0x50, 0x20, 0x20, 13, 10, 0x87, 10]));
    const order = {
      kind: "convert",
      settings: { tile: 256 },
      items: [
        { key: "new/strips" },
        { key: "uploads/strips.tif", identifier: "made/strips" },
        { key: "uploads/page.png", identifier: "made/page" },
        { key: "uploads/broken.tif", identifier: "made/broken" },
        { key: "uploads/whole.jp2", identifier: "made/whole" },
        { key: "uploads/none.tif", identifier: "made/none" },
      ],
    };
    const { status, items } = await runTask(order);
    const stateOf = (key: string) => [items.get(key)?.state, items.get(key)?.failure?.code];
    expect(stateOf("new/strips")).toEqual(["done", undefined]);
    expect(stateOf("uploads/strips.tif")).toEqual(["done", undefined]);
    expect(stateOf("uploads/page.png")).toEqual(["done", undefined]);
    expect(stateOf("uploads/broken.tif")[0]).toBe("failed");
    expect(stateOf("uploads/whole.jp2")).toEqual(["refused", "remake-impossible"]);
    expect(items.get("uploads/whole.jp2")?.failure?.command).toContain("tessera ingest");
    expect(stateOf("uploads/none.tif")).toEqual(["failed", "not-found"]);
    expect(status.counts).toMatchObject({ done: 3, failed: 2, refused: 1 });
    expect(await levelsOf("new/strips")).toEqual([
      [1301, 907],
      [650, 453],
      [325, 226],
      [162, 113],
    ]);
    expect(await levelsOf("made/strips")).toEqual(await levelsOf("new/strips"));
    const made = await env.MASTERS.head("made/strips");
    expect(made?.customMetadata).toMatchObject({ width: "1301", height: "907", levels: "4", tile: "256" });
    expect(await env.MASTERS.head("made/broken")).toBeNull();
    // What is small is made without the scratch.
    expect((await env.SCRATCH.list({ prefix: "remake/" })).objects).toEqual([]);
    // The source stays as it was.
    expect((await env.MASTERS.head("uploads/strips.tif"))?.size).toBe(strips.byteLength);
    const again = await runTask({ ...order, items: order.items.slice(0, 3) });
    expect(again.status.counts).toMatchObject({ kept: 3 });
    const checked = await runTask({
      kind: "verify",
      settings: { decode: true },
      items: [{ key: "made/strips" }, { key: "new/strips" }],
    });
    expect([...checked.items.values()].map(({ state, note, failure }) => [state, note, failure])).toEqual([
      ["done", undefined, undefined],
      ["done", undefined, undefined],
    ]);
  });

  it("names what it makes of a prefix by a template, and takes nothing that is there for another", async () => {
    await env.MASTERS.put("named/a/1.tif", strips);
    await env.MASTERS.put("named/b/1.tif", strips);
    await env.MASTERS.put("named/b/2.tif", strips);
    await env.MASTERS.put("odd/?.tif", strips);
    const { items } = await runTask({
      ...{ kind: "convert", from: { prefix: "named/" }, collection: "c" },
      ...{ identifiers: "named/zz/{collection}-{name}", settings: { tile: 256 } },
    });
    const cameOf = (key: string) => [items.get(key)?.state, items.get(key)?.identifier, items.get(key)?.failure?.code];
    expect([cameOf("named/a/1.tif"), cameOf("named/b/1.tif")].toSorted()).toEqual([
      ["done", "named/zz/c-1", undefined],
      ["failed", "named/zz/c-1", "name-taken"],
    ]);
    expect(cameOf("named/b/2.tif")).toEqual(["done", "named/zz/c-2", undefined]);
    const made = (await env.MASTERS.list({ prefix: "named/zz/" })).objects.map(({ key }) => key);
    expect(made).toEqual(["named/zz/c-1", "named/zz/c-2"]);
    const odd = await runTask({ kind: "convert", from: { prefix: "odd/" }, identifiers: "{path}" });
    expect(odd.items.get("odd/?.tif")?.failure?.code).toBe("identifier-malformed");
    // The same again finds what it made: under the same names, and among its sources.
    const again = await runTask({
      ...{ kind: "convert", items: [{ key: "named/b/2.tif" }], collection: "c" },
      ...{ identifiers: "named/zz/{collection}-{name}", settings: { tile: 256 } },
    });
    expect(again.items.get("named/b/2.tif")).toMatchObject({ state: "kept", identifier: "named/zz/c-2" });
  });

  it("hands over what is too large for a message, and makes the same of it block by block", async () => {
    const tall = await makeTiff({ width: 601, height: 4500, rowsPerStrip: 16, compression: "lzw", levels: 1 });
    for (const key of ["tall/1", "tall/2"]) await env.MASTERS.put(key, tall);
    // Each is interrupted once, between its blocks.
    await using conversions = await introspectWorkflow(env.REMAKES);
    await conversions.modifyAll(async (conversion) => {
      await conversion.disableRetryDelays();
      await conversion.mockStepError({ name: "block 1" }, new Error("The isolate is gone."), 1);
    });
    const { items, status } = await runTask({ kind: "convert", settings: { tile: 256 }, from: { prefix: "tall/" } });
    expect(status.counts).toMatchObject({ done: 2 });
    expect(items.get("tall/1")).toMatchObject({ tries: 1, note: "601 by 4500 pixels in 6 levels." });
    expect(await conversions.get()).toHaveLength(2);
    const sums = await Promise.all(
      ["tall/1", "tall/2"].map(async (key) => (await env.MASTERS.head(key))?.customMetadata),
    );
    expect(sums[0]?.sha256).toBe(sums[1]?.sha256);
    // Blocks are spilled by the version of the source and the settings: three, and the levels above them.
    const { objects } = await env.SCRATCH.list({ prefix: "remake/" });
    const made = objects.filter(({ key }) => key.includes(sums[0]?.["source-etag"] ?? "?") && key.endsWith(".json"));
    expect(made.map(({ key }) => key.split("/").at(-1))).toEqual([
      "block-0.json",
      "block-1.json",
      "block-2.json",
      "top.json",
    ]);
    const { items: verified } = await runTask({
      kind: "verify",
      settings: { decode: true },
      from: { prefix: "tall/" },
    });
    expect([...verified.values()].map(({ state }) => state)).toEqual(["done", "done"]);
  });

  it("loses nothing in place, and overwrites nothing that it did not make", async () => {
    const page = { width: 200, height: 150, compression: "lzw" } as const;
    const pages = await makeTiff({ ...page, pages: [page] });
    const clear = await makeTiff({ ...page, samplesPerPixel: 4 });
    const deep = await makeTiff({ ...page, bitsPerSample: 16 });
    const pyramid = await makeTiff({ ...page, tile: 64, levels: 3, compression: "deflate" });
    const files = { pages, clear, deep, pyramid, plain: await makeTiff(page) };
    for (const [name, file] of Object.entries(files)) await env.MASTERS.put(`kept/${name}`, file);
    const etags = async () =>
      Promise.all(Object.keys(files).map(async (name) => (await env.MASTERS.head(`kept/${name}`))?.etag));
    const before = await etags();
    const { items } = await runTask({ kind: "convert", from: { prefix: "kept/" } });
    const cameTo = (name: string) => [items.get(`kept/${name}`)?.state, items.get(`kept/${name}`)?.failure?.code];
    expect(cameTo("pages")).toEqual(["refused", "would-lose"]);
    expect(cameTo("clear")).toEqual(["refused", "would-lose"]);
    expect(cameTo("deep")).toEqual(["refused", "would-lose"]);
    const keeping = "tessera ingest FILE --compression deflate --keep-depth";
    expect(items.get("kept/deep")?.failure?.command).toBe(keeping);
    expect(cameTo("pyramid")).toEqual(["kept", undefined]);
    expect(cameTo("plain")).toEqual(["done", undefined]);
    expect((await etags()).slice(0, 4)).toEqual(before.slice(0, 4));
    const beside = await runTask({
      kind: "convert",
      items: [
        { key: "kept/clear", identifier: "beside/clear" },
        { key: "kept/deep", identifier: "kept/pages" },
      ],
    });
    expect(beside.items.get("kept/clear")?.state).toBe("done");
    // 16 bits become 8, as by the ingest, unless they are asked for: then the command is named that keeps them.
    const depths = await runTask({
      ...{ kind: "convert", identifiers: "deep/{name}", settings: { compression: "deflate", "keep-depth": true } },
      items: [{ key: "kept/deep" }, { key: "kept/clear" }],
    });
    expect(depths.items.get("kept/clear")?.state).toBe("done");
    expect(depths.items.get("kept/deep")?.failure).toMatchObject({
      code: "remake-impossible",
      command: "tessera ingest FILE --compression deflate --tile 512 --keep-depth",
    });
    const halved = await runTask({ kind: "convert", items: [{ key: "kept/deep", identifier: "halved/deep" }] });
    expect(halved.items.get("kept/deep")?.state).toBe("done");
    expect(beside.items.get("kept/deep")?.failure?.code).toBe("name-taken");
    expect((await etags()).slice(0, 4)).toEqual(before.slice(0, 4));
    const repacked = await runTask({ kind: "repack", items: [{ key: "kept/pyramid" }, { key: "kept/pages" }] });
    expect([...repacked.items.values()].map(({ state }) => state)).toEqual(["done", "refused"]);
  });

  it("makes all of them where storage takes its time and large ones hold the memory meanwhile", async () => {
    const small = await makeTiff({ width: 300, height: 200, compression: "lzw" });
    const tall = await makeTiff({ width: 601, height: 4500, rowsPerStrip: 16, compression: "lzw" });
    const files = new Map<string, Uint8Array>([...["1", "2"].map((name) => [`slow/large-${name}`, tall] as const)]);
    for (const name of ["1", "2", "3", "4", "5", "6"]) files.set(`slow/small-${name}`, small);
    for (const [key, file] of files) await env.MASTERS.put(key, file);
    const takeAway = plant(() => new Promise((resolve) => setTimeout(resolve, 20)));
    try {
      const { status, items } = await runTask({ kind: "convert", settings: { tile: 256 }, from: { prefix: "slow/" } });
      expect(status.counts).toMatchObject({ done: files.size, failed: 0 });
      expect([...items.values()].map(({ tries }) => tries)).toEqual(Array(files.size).fill(1));
    } finally {
      takeAway();
    }
  });
});
