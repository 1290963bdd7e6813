import { env } from "cloudflare:workers";
import { deflateSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { formatImageRecord, recordKey } from "../../src/catalogue/image-records.ts";
import type { ItemStatus } from "../../src/task/answers.ts";
import { makeTiff } from "../support/make-tiff.ts";
import { itemsOf, putMaster, send, untilReported } from "../support/tasks.ts";

const size = { width: 120, height: 90 };
const tile = deflateSync(new Uint8Array(64 * 64 * 3));
const form = { ...size, tile: 64, levels: 2, compression: "deflate" } as const;
const good = await makeTiff({ ...form, tileBytes: () => tile });
/** One tile of it is noise of the same length. */
const noise = Uint8Array.from(tile, (byte, index) => (index < 2 ? byte : 0xff));
const spoilt = await makeTiff({
  ...form,
  tileBytes: ({ level, column }) => (level === 1 && column === 0 ? noise : tile),
});

const record = (identifier: string, of: typeof size, object?: string) =>
  env.CATALOGUE.put(
    recordKey(identifier),
    formatImageRecord(undefined, { identifier, ...of, object, former: undefined }),
  );

beforeAll(async () => {
  await putMaster("kind/good", good, { width: "120", height: "90" });
  await env.MASTERS.put("kind/unsealed", good);
  await putMaster("kind/resized", good, { width: "121", height: "90" });
  await putMaster("kind/huge", good, { width: "40000", height: "40000" });
  await putMaster("kind/spoilt", spoilt);
  await putMaster("kind/recorded", good);
  await putMaster("kind/lonely", good);
  await putMaster("kind/flat", await makeTiff({ width: 3000, height: 2000, tile: 256, compression: "deflate" }));
  await record("kind/good", size);
  await record("kind/recorded", { width: 12, height: 9 });
  await record("kind/lonely", size, "nowhere");
});

/** Runs a task over the masters of these tests, and returns what came of each by its name. */
async function run(task: object): Promise<Readonly<Record<string, ItemStatus | undefined>>> {
  const { id } = await send({ from: { prefix: "kind/" }, ...task });
  await untilReported(id);
  return Object.fromEntries((await itemsOf(id)).map((item) => [item.key.slice("kind/".length), item]));
}

const codeOf = (item: ItemStatus | undefined) => [item?.state, item?.failure?.code];

describe("what a task does with a master", () => {
  it("verifies its bytes, its size and its record", async () => {
    const items = await run({ kind: "verify" });
    expect(items.good).toMatchObject({ state: "done", bytesIn: expect.any(Number), etag: expect.any(String) });
    expect(items.good?.bytesIn).toBeGreaterThanOrEqual(good.byteLength);
    expect(items.unsealed).toMatchObject({ state: "done", note: expect.stringContaining("No checksum") });
    expect(codeOf(items.resized)).toEqual(["failed", "size-differs"]);
    expect(codeOf(items.recorded)).toEqual(["failed", "record-size-differs"]);
    expect(codeOf(items.lonely)).toEqual(["failed", "object-missing"]);
    // Without decoding nothing is seen of it.
    expect(items.spoilt?.state).toBe("done");
  });

  it("decodes each tile where it is asked to, and names the command for what is too large", async () => {
    const items = await run({ kind: "verify", settings: { decode: true } });
    expect(codeOf(items.spoilt)).toEqual(["failed", "tiles-damaged"]);
    expect(items.huge).toMatchObject({
      state: "refused",
      failure: { code: "too-large", command: "tessera verify --deep --to remote" },
    });
    expect(codeOf(items.good)).toEqual(["done", undefined]);
  });

  it("checks how it is served", async () => {
    const items = await run({ kind: "check", settings: { decode: true } });
    expect(items.good).toMatchObject({ state: "done", note: expect.stringMatching(/^Served whole\./) });
    expect(items.flat).toMatchObject({ state: "done", note: expect.stringContaining("one-level") });
    expect(items.spoilt?.state).toBe("failed");
  });
});
