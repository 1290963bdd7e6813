import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { makeTiff } from "../support/make-tiff.ts";
import { writePng } from "../support/png-writer.ts";
import { ask } from "../support/service.ts";

const size = { width: 300, height: 200 };
const secret = { x: 40, y: 30, width: 50, height: 20 };

const isSecret = (x: number, y: number): boolean =>
  x >= secret.x && x < secret.x + secret.width && y >= secret.y && y < secret.y + secret.height;

/** Masters that differ where `secret` is. */
const master = (level: number) =>
  makeTiff({ ...size, tile: 64, pixel: (x, y) => (isSecret(x, y) ? [level, level, level] : [x % 256, y, 90]) });

async function lay(identifier: string, level: number, policy: object): Promise<void> {
  await env.MASTERS.put(identifier, await master(level));
  const record = { identifier, metadata: [], ...size, policy };
  await env.CATALOGUE.put(`records/${identifier}.json`, JSON.stringify(record));
}

const redactions = [[secret.x, secret.y, secret.width, secret.height]];

/** A mark of one colour. */
const mark = (level: number) =>
  writePng({
    ...{ width: 8, height: 4, colorType: 0, bitDepth: 8 },
    rows: Array.from({ length: 4 }, () => [0, ...Array<number>(8).fill(level)]).flat(),
  });

beforeAll(async () => {
  await env.CATALOGUE.put("marks/stamp.png", mark(255));
  await env.CATALOGUE.put("marks/broken.png", new TextEncoder().encode("no picture"));
  const watermarks = { stamp: { mark: "stamp", opacity: 1 }, gone: { mark: "gone" }, broken: { mark: "broken" } };
  await env.CATALOGUE.put("rules.json", JSON.stringify({ watermarks }));
  await lay("one", 10, { redactions });
  await lay("other", 240, { redactions });
  await lay("plain", 10, {});
  await lay("stamped", 10, { watermark: "stamp" });
  await lay("unstamped", 10, { watermark: "gone" });
  await lay("misstamped", 10, { watermark: "broken" });
});

const paths = [
  "full/max/0/default.jpg",
  "full/max/0/default.png",
  "full/100,/90/default.png",
  "30,20,80,40/max/0/gray.webp",
  "full/max/22.5/default.png",
  "full/max/0/default.tif",
];

describe("marks that a record states", () => {
  it.each(paths)("redact what nobody is to see: %s", async (path) => {
    const [one, other, plain] = await Promise.all(
      ["one", "other", "plain"].map((name) => ask(`/iiif/3/${name}/${path}`)),
    );
    expect([one?.status, other?.status, plain?.status]).toEqual([200, 200, 200]);
    expect(one?.bytes).toEqual(other?.bytes);
    expect(one?.bytes).not.toEqual(plain?.bytes);
  });

  it("are part of the entity tag", async () => {
    const tag = async (name: string) => (await ask(`/iiif/3/${name}/full/max/0/default.png`)).headers.get("ETag");
    expect(await tag("one")).not.toBe(await tag("plain"));
    const again = await ask("/iiif/3/one/full/max/0/default.png", {
      headers: { "If-None-Match": (await tag("one")) ?? "" },
    });
    expect(again.status).toBe(304);
  });

  it("put a watermark over the image", async () => {
    const [stamped, plain] = [
      await ask("/iiif/3/stamped/full/max/0/default.png"),
      await ask("/iiif/3/plain/full/max/0/default.png"),
    ];
    expect(stamped.status).toBe(200);
    expect(stamped.bytes).not.toEqual(plain.bytes);
  });

  it("make another picture once the mark is another", async () => {
    const path = "/iiif/3/stamped/full/max/0/default.png";
    const untrusting = { env: { MASTER_TTL_SECONDS: "0" } };
    const before = await ask(path, untrusting);
    expect((await ask(path, untrusting)).headers.get("ETag")).toBe(before.headers.get("ETag"));
    await env.CATALOGUE.put("marks/stamp.png", mark(0));
    const after = await ask(path, untrusting);
    expect(after.status).toBe(200);
    expect(after.headers.get("ETag")).not.toBe(before.headers.get("ETag"));
    expect(after.bytes).not.toEqual(before.bytes);
    await env.CATALOGUE.delete("marks/stamp.png");
    expect((await ask(path, untrusting)).status).toBe(500);
  });

  it.each(["unstamped", "misstamped"])("refuse a picture without the mark that it is to have: %s", async (name) => {
    for (const path of ["full/max/0/default.jpg", "0,0,64,64/max/0/default.jpg"]) {
      const { status, text } = await ask(`/iiif/3/${name}/${path}`, { headers: { Accept: "application/json" } });
      expect(status).toBe(500);
      expect(text).toContain("record-malformed");
    }
    expect((await ask(`/iiif/3/${name}/info.json`)).status).toBe(200);
  });
});
