import { env, exports } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { exportTarget } from "../../src/batch/export-target.ts";
import type { Jobs } from "../../src/batch/jobs.ts";
import { sha256 } from "../../src/digest.ts";
import type { ItemStatus } from "../../src/task/answers.ts";
import type { TaskDoor } from "../../src/task/door.ts";
import { platformClock } from "../../src/timers.ts";
import { encodeTestTile } from "../support/jpeg-tile.ts";
import { makeTiff } from "../support/make-tiff.ts";
import { writePng } from "../support/png-writer.ts";

const door = () => (exports as unknown as { readonly Tasks: TaskDoor }).Tasks;

/** Exports images, and returns what came of each. */
async function exportItems(keys: readonly string[], settings: object = {}): Promise<readonly ItemStatus[]> {
  const base = "https://files.example";
  const order = { kind: "export", settings: { base, ...settings }, items: keys.map((key) => ({ key })) };
  const bytes = new TextEncoder().encode(JSON.stringify(order));
  const sent = await door().submit({ bytes, form: "json", operator: "test" });
  if (!("value" in sent)) throw new Error(JSON.stringify(sent.refusal));
  const { id } = sent.value;
  for (;;) {
    const status = await door().status(id);
    if ("value" in status && status.value.state === "done") {
      const page = await door().items(id, { state: undefined, after: 0 });
      if (!("value" in page)) throw new Error("The items are not told.");
      return page.value.items;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The objects below a prefix, by their keys without it. */
async function filesBelow(prefix: string): Promise<ReadonlyMap<string, R2Object>> {
  const { objects, truncated } = await env.EXPORTS.list({ prefix });
  if (truncated) throw new Error("There are more.");
  return new Map(objects.map((object) => [object.key.slice(prefix.length), object]));
}

async function bytesOf(key: string): Promise<Uint8Array> {
  return new Uint8Array(await (await env.EXPORTS.get(key))!.arrayBuffer());
}

const note = ".tessera-export.json";
const jpeg = {
  compression: "jpeg",
  photometric: "YCbCr",
  ycbcrSubsampling: [1, 1],
  encodeTile: encodeTestTile,
} as const;
const small = { width: 701, height: 503, tile: 256, levels: 2 } as const;
let tiles: Uint8Array;
let large: Uint8Array;
let plain: Uint8Array;

beforeAll(async () => {
  tiles = await makeTiff({ ...small, ...jpeg });
  // Above four million pixels the whole of it is put as it is drawn.
  large = await makeTiff({ width: 2101, height: 2003, tile: 512, levels: 3, compression: "deflate" });
  plain = await makeTiff({ ...small, compression: "deflate" });
});

describe("a task that exports", () => {
  it.each([
    ["tiles in 3", 3, "full/max/0/default.jpg", () => tiles, {}],
    ["tiles in 2.1", 2, "full/full/0/default.jpg", () => tiles, {}],
    ["a large image", 3, "full/2101,2003/0/default.jpg", () => large, { tile: 1024 }],
  ] as const)(
    "puts what the Worker of images answers to the same paths: %s",
    async (name, api, whole, file, change) => {
      const key = `maps/${name.replaceAll(" ", "-")}`;
      await env.MASTERS.put(key, file());
      const settings = { api, to: "site/one/", thumbs: [90], "also-rounded": true, ...change };
      const [item] = await exportItems([key], settings);
      expect([item?.state, item?.failure]).toEqual(["done", undefined]);
      const folder = `site/one/iiif/${api}/${key}/`;
      const files = await filesBelow(folder);
      const pictures = [...files.keys()].filter((path) => path.endsWith(".jpg"));
      expect(pictures).toEqual(expect.arrayContaining([whole, "full/90,/0/default.jpg"]));
      expect([...files.keys()].toSorted()).toEqual([note, "info.json", ...pictures].toSorted());
      for (const path of pictures) {
        const answer = await env.IMAGES.fetch(`https://images.invalid/iiif/${api}/${encodeURIComponent(key)}/${path}`);
        expect([path, answer.status]).toEqual([path, 200]);
        expect(await sha256(await bytesOf(folder + path)), path).toBe(await sha256(await answer.bytes()));
      }
      expect((await env.EXPORTS.head(folder + whole))?.httpMetadata?.contentType).toBe("image/jpeg");
      expect(item?.note).toBe(`${pictures.length + 1} files written.`);
      const sizes = [...pictures, "info.json"].map((path) => files.get(path)?.size ?? 0);
      expect(item?.bytesOut).toBe(sizes.reduce((sum, bytes) => sum + bytes));
      const info = JSON.parse(new TextDecoder().decode(await bytesOf(`${folder}info.json`)));
      expect(info[api === 3 ? "id" : "@id"]).toBe(`https://files.example/iiif/${api}/${key}`);
      const [again] = await exportItems([key], settings);
      expect([again?.state, again?.bytesOut]).toEqual(["kept", 0]);
      const [moved] = await exportItems([key], { ...settings, base: "https://moved.example" });
      expect([moved?.state, moved?.note]).toEqual(["done", "Its pictures were there: only info.json was written."]);
      expect(new TextDecoder().decode(await bytesOf(`${folder}info.json`))).toContain("https://moved.example/");
    },
  );

  it("goes on with what an interrupted one has put, and leaves nothing of another", async () => {
    await env.MASTERS.put("half", plain);
    await exportItems(["half"], { to: "two" });
    const folder = "two/iiif/3/half/";
    const before = await filesBelow(folder);
    const lost = [...before.keys()].filter((path) => path.startsWith("512,"));
    expect(lost.length).toBeGreaterThan(0);
    await env.EXPORTS.delete([note, ...lost].map((path) => folder + path));
    await env.EXPORTS.put(`${folder}0,0,64,64/64,64/0/default.jpg`, "stale");
    await env.EXPORTS.put(`${folder}below/info.json`, "{}");
    const [item] = await exportItems(["half"], { to: "two" });
    expect([item?.state, item?.note]).toEqual(["done", `${lost.length + 1} files written.`]);
    const after = await filesBelow(folder);
    expect([...after.keys()]).toEqual([...before.keys(), "below/info.json"].toSorted());
    const anew = [...before].filter(([path, { version }]) => after.get(path)?.version !== version);
    expect(anew.map(([path]) => path).toSorted()).toEqual([note, ...lost, "info.json"].toSorted());
    await exportItems(["half"], { to: "two", quality: 50 });
    const other = await filesBelow(folder);
    expect([...other.keys()]).toEqual([...after.keys()]);
    expect([...other].filter(([path, { version }]) => after.get(path)?.version === version)).toHaveLength(1);
  });

  it("leaves no file of an image that fails, and says which command does what is too much", async () => {
    const damaged = plain.slice();
    damaged.fill(0xff, plain.byteLength >> 1, (plain.byteLength >> 1) + 5000);
    await env.MASTERS.put("bad", damaged);
    await env.MASTERS.put("half/full/1", plain);
    await env.MASTERS.put("half", plain);
    const side = 4500;
    const rows = new Uint8Array((Math.ceil(side / 8) + 1) * side);
    await env.MASTERS.put("it's many", writePng({ width: side, height: side, bitDepth: 1, colorType: 0, rows }));
    const items = await exportItems(["bad", "half/full/1", "it's many", "none"], { to: "three", tile: 64 });
    expect(items.map(({ state, failure }) => [state, failure?.code])).toEqual([
      ["failed", "source-malformed"],
      ["failed", "name-taken"],
      ["refused", "too-large"],
      ["failed", "not-found"],
    ]);
    expect(items[2]?.failure?.command).toBe(
      "tessera export 'it'\\''s many' --from remote --to r2:tessera-exports/three/ --base https://files.example --tile 64",
    );
    expect([...(await filesBelow("three/")).keys()]).toEqual([note]);
    await env.EXPORTS.put("four/letter", "mine");
    const [taken] = await exportItems(["half"], { to: "four" });
    expect(taken?.failure?.code).toBe("place-taken");
    expect([...(await filesBelow("four/")).keys()]).toEqual(["letter"]);
  });
});

describe("the place of an export", () => {
  it("gets a picture of several parts under each of its names, or under none", async () => {
    const config = { storageTimeoutSeconds: 10 };
    const jobs = { buckets: { exports: env.EXPORTS }, clock: platformClock, config, log: () => {} } as unknown as Jobs;
    const target = exportTarget(jobs, "five/");
    const bytes = new Uint8Array(11 << 20).map((_, at) => at % 251);
    async function* pieces(most: number): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < bytes.byteLength; at += 700_000) {
        if (at > most) throw new Error("broken off");
        yield bytes.subarray(at, at + 700_000);
      }
    }
    await expect(target.writePieces(["c.jpg"], pieces(6 << 20))).rejects.toThrow("broken off");
    expect(await target.writePieces(["a.jpg", "b.jpg"], pieces(bytes.byteLength))).toBe(bytes.byteLength);
    expect([...(await filesBelow("five/")).keys()]).toEqual(["a.jpg", "b.jpg"]);
    for (const name of ["a.jpg", "b.jpg"]) {
      expect((await env.EXPORTS.head(`five/${name}`))?.httpMetadata?.contentType).toBe("image/jpeg");
      expect(await sha256(await bytesOf(`five/${name}`))).toBe(await sha256(bytes));
    }
  });
});
