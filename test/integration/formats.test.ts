import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { encodeTestTile } from "../support/jpeg-tile.ts";
import { makeTiff } from "../support/make-tiff.ts";
import { decodeBySharp } from "../support/oracle.ts";
import { largestDifference } from "../support/picture-edits.ts";
import { readPdf } from "../support/read-pdf.ts";
import { ask } from "../support/service.ts";

const size = { width: 300, height: 200 } as const;
const keepsAll = { CACHE_ABOVE_PIXELS: "0", STORE_ABOVE_PIXELS: "0", STORE_AT_ONCE_ABOVE_PIXELS: "0" };
const formats = ["jpg", "png", "webp", "tif", "gif", "pdf"] as const;

beforeAll(async () => {
  await env.MASTERS.put("map", await makeTiff({ ...size, tile: 64 }));
  await env.MASTERS.put("Atlas/Übersicht.tif", await makeTiff({ ...size, tile: 64 }));
  const jpeg = {
    compression: "jpeg",
    photometric: "YCbCr",
    ycbcrSubsampling: [1, 1],
    encodeTile: encodeTestTile,
  } as const;
  await env.MASTERS.put("tiled", await makeTiff({ ...size, tile: 64, ...jpeg }));
  await env.MASTERS.put("large", await makeTiff({ width: 2400, height: 1800, tile: 256, samplesPerPixel: 1 }));
});

describe.each(formats)("a picture as %s", (format) => {
  const path = `/iiif/3/map/full/100,/0/default.${format}`;

  it("has one entity tag, which HEAD tells and 304 knows", async () => {
    const whole = await ask(path);
    const etag = whole.headers.get("ETag") ?? "";
    const head = await ask(path, { method: "HEAD" });
    expect([head.status, head.bytes.byteLength, head.headers.get("ETag")]).toEqual([200, 0, etag]);
    expect(head.headers.get("Content-Type")).toBe(whole.headers.get("Content-Type"));
    const known = await ask(path, { headers: { "If-None-Match": etag } });
    expect([known.status, known.bytes.byteLength]).toEqual([304, 0]);
    const others = await Promise.all(
      formats.filter((other) => other !== format).map((other) => ask(path.replace(/\w+$/, other))),
    );
    for (const other of others) expect(other.headers.get("ETag")).not.toBe(etag);
  });

  it("is kept, and answered from the cache byte for byte", async () => {
    const kept = path.replace("100,", "101,");
    const drawn = await ask(kept, { env: keepsAll });
    expect(drawn.timing).toMatchObject({ strategy: "draw", cache: "miss" });
    const again = await ask(kept, { env: keepsAll });
    expect(again.timing).toMatchObject({ strategy: "kept", cache: "edge", reads: "0" });
    expect(again.bytes).toEqual(drawn.bytes);
    expect(again.headers.get("Content-Type")).toBe(drawn.headers.get("Content-Type"));
  });

  it("is refused where the size is, before anything is read", async () => {
    const answer = await ask(path.replace("100,", "^20001,"));
    expect([answer.status, answer.headers.get("Server-Timing")]).toEqual([400, null]);
    expect(answer.text).toContain("(size-above-limit)");
  });
});

describe("?download", () => {
  it("names the file, in 200, HEAD and 304, where any page may read it", async () => {
    const path = "/iiif/3/map/10,20,100,80/50,/90/gray.tif?download";
    const disposition = 'attachment; filename="map_10-20-100-80_50x40_rotated-90_gray.tif"';
    const whole = await ask(path);
    expect(whole.headers.get("Content-Disposition")).toBe(disposition);
    expect(whole.headers.get("Access-Control-Expose-Headers")).toContain("Content-Disposition");
    expect((await ask(path, { method: "HEAD" })).headers.get("Content-Disposition")).toBe(disposition);
    const headers = { "If-None-Match": whole.headers.get("ETag") ?? "" };
    const known = await ask(path, { headers });
    expect([known.status, known.headers.get("Content-Disposition")]).toEqual([304, disposition]);
    const shown = await ask(path.replace("?download", ""));
    expect(shown.headers.get("Content-Disposition")).toBeNull();
    expect(shown.bytes).toEqual(whole.bytes);
    expect(shown.headers.get("ETag")).toBe(whole.headers.get("ETag"));
  });

  it("takes the whole identifier into the name, in both versions", async () => {
    for (const [version, whole] of [
      [3, "max"],
      [2, "full"],
    ] as const) {
      const { headers } = await ask(
        `/iiif/${version}/Atlas%2F%C3%9Cbersicht.tif/full/${whole}/0/default.pdf?download=1`,
      );
      expect(headers.get("Content-Disposition")).toBe(
        "attachment; filename=\"Atlas_Ubersicht.pdf\"; filename*=UTF-8''Atlas_%C3%9Cbersicht.pdf",
      );
    }
  });

  it("names no error", async () => {
    const answer = await ask("/iiif/3/missing/full/max/0/default.jpg?download");
    expect([answer.status, answer.headers.get("Content-Disposition")]).toEqual([404, null]);
  });
});

describe("a TIFF above four megapixels", () => {
  it("is streamed and shows what the PNG shows", async () => {
    const path = "/iiif/3/large/full/max/0/bitonal.tif";
    const answer = await ask(path);
    expect(answer.timing).toMatchObject({ strategy: "stream" });
    const [tiff, png] = [answer.bytes, (await ask(path.replace(/tif$/, "png"))).bytes];
    const calls = [["toColourspace", "srgb"]] as const;
    expect(largestDifference(await decodeBySharp(tiff, calls), await decodeBySharp(png, calls))).toBe(0);
  });
});

describe("a TIFF of the master's tiles", () => {
  it("is copied in as few reads as the tiles take, and is not kept as shipped", async () => {
    const path = "/iiif/3/tiled/full/max/0/default.tif";
    await ask("/iiif/3/tiled/info.json");
    for (const _ of [1, 2]) {
      const { timing } = await ask(path);
      expect(timing).toMatchObject({ strategy: "copy", tiles: "20", reads: "1" });
    }
  });
});

describe("a GIF", () => {
  it("is made of up to three megapixels", async () => {
    const refused = await ask("/iiif/3/large/full/2100,1498/0/default.gif");
    expect(refused.status).toBe(400);
    expect(refused.text).toContain("gif is made of at most 3145728 pixels. Ask for a smaller size, or for png or jpg.");
    expect((await ask("/iiif/3/large/full/2048,1536/0/default.gif")).status).toBe(200);
  });
});

describe("a PDF", () => {
  it("holds the picture that jpg answers, streamed or not", async () => {
    for (const [path, strategy] of [
      ["/iiif/3/map/full/max/0/default", "draw"],
      ["/iiif/3/large/full/max/0/default", "stream"],
    ] as const) {
      const { bytes, timing } = await ask(`${path}.pdf`);
      expect(timing.strategy).toBe(strategy);
      const { bytes: jpeg } = await ask(`${path}.jpg`);
      const held = [...readPdf(bytes).streams.values()].find((stream) => stream[0] === 0xff);
      expect(held?.byteLength).toBe(jpeg.byteLength);
      expect(held?.every((byte, at) => byte === jpeg[at])).toBe(true);
    }
  });
});
