import { env } from "cloudflare:workers";
import { deflateSync, zstdCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { checkMaster } from "../../src/check/check.ts";
import { memorySource } from "../../src/source/memory.ts";
import { segmentOf, writeJpeg } from "../support/jpeg-writer.ts";
import { makeTiff } from "../support/make-tiff.ts";
import { writePng } from "../support/png-writer.ts";
import { ask } from "../support/service.ts";

/** A JPEG that ends with the start of its first scan: its frame says how large it is. */
function jpegOf(width: number, height: number, frameMarker: number): Uint8Array {
  const components = [1, 0x22, 0, 2, 0x11, 0, 3, 0x11, 0];
  const frame = [8, height >> 8, height & 255, width >> 8, width & 255, 3, ...components];
  const scan = [3, 1, 0, 2, 0, 3, 0, 0, 63, 0];
  return Uint8Array.from([0xff, 0xd8, ...segmentOf(frameMarker, frame), ...segmentOf(0xda, scan)]);
}

function webpOf(width: number, height: number): Uint8Array {
  const bytes = new Uint8Array(40);
  const view = new DataView(bytes.buffer);
  const text = (at: number, letters: string) => bytes.set(new TextEncoder().encode(letters), at);
  text(0, "RIFF");
  view.setUint32(4, 32, true);
  text(8, "WEBPVP8L");
  view.setUint32(16, 20, true);
  bytes[20] = 0x2f;
  view.setUint32(21, (width - 1) | ((height - 1) << 14), true);
  return bytes;
}

/** A PNG of black in grey. */
function pngOf(width: number, height: number): Uint8Array {
  return writePng({ width, height, bitDepth: 8, colorType: 0, rows: new Uint8Array((1 + width) * height) });
}

const baseline = 0xc0;
const progressive = 0xc2;
const strip = { width: 5000, height: 5000, rowsPerStrip: 5000, compression: "zstd", photometric: "RGB" } as const;
const unread = () => new Uint8Array(64);

interface Case {
  readonly name: string;
  readonly make: () => Uint8Array | Promise<Uint8Array>;
}

const gray = { horizontal: 1, vertical: 1, sampleAt: () => 128 };

const whole = /^The stored image is a file of \d+ by \d+ pixels, too large to decode whole\. \(source-unsupported\)$/m;

const refused: readonly (Case & { readonly status: number; readonly reason: RegExp })[] = [
  { name: "a WebP of 4000 by 4000", make: () => webpOf(4000, 4000), status: 501, reason: whole },
  {
    name: "a JPEG in arithmetic coding",
    make: () => writeJpeg({ width: 20, height: 10, frameMarker: 0xc9, components: [gray] }),
    status: 501,
    reason: /is JPEG of the arithmetic process, which is not supported/,
  },
  ...[0xc9, 0xc3].map((frameMarker) => ({
    name: `a TIFF of JPEG tiles with the marker ${frameMarker.toString(16)}`,
    make: () => {
      const tile = writeJpeg({ width: 32, height: 32, frameMarker, components: [gray] });
      const form = { width: 60, height: 40, tile: 32, photometric: "MinIsBlack", compression: "jpeg" } as const;
      return makeTiff({ ...form, tileBytes: () => tile });
    },
    status: 501,
    reason: /has JPEG tiles of the (arithmetic|lossless) process, which is not supported/,
  })),
  {
    name: "a TIFF of one large strip",
    make: () => makeTiff({ ...strip, tileBytes: unread }),
    status: 501,
    reason: /stored in strips of 5000 by 5000 pixels, too large to decode whole/,
  },
  {
    name: "a TIFF of large tiles of JPEG 2000",
    make: () => makeTiff({ ...strip, tile: 2048, compression: "jpeg2000", tileBytes: unread }),
    status: 501,
    reason: /stored in tiles of 2048 by 2048 pixels, too large to decode/,
  },
  {
    name: "a TIFF that is cut off in front of its tiles",
    make: async () => {
      const file = await makeTiff({ width: 600, height: 400, tile: 64, directories: "front" });
      return file.slice(0, file.byteLength - 10 * 7 * 64 * 64 * 3);
    },
    status: 500,
    reason: /damaged/,
  },
];

const answered: readonly (Case & {
  readonly served: "part" | "whole";
  readonly picture?: string;
  readonly drawn?: readonly string[];
})[] = [
  {
    name: "a baseline JPEG, which is decoded some rows at a time",
    make: () => jpegOf(8192, 8000, baseline),
    served: "whole",
  },
  {
    name: "a progressive JPEG, of which the rows asked for are held",
    make: () => jpegOf(8192, 8000, progressive),
    served: "whole",
  },
  {
    name: "a PNG of 8192 by 8192, whose rows are drawn as they come",
    make: () => pngOf(8192, 8192),
    served: "whole",
    drawn: ["0,0,512,512/64,/0/default.jpg", "full/40,/90/default.png"],
  },
  {
    name: "a TIFF of large strips of Deflate, which are decoded some rows at a time",
    make: () => {
      const bytes = new Uint8Array(deflateSync(new Uint8Array(4000 * 2000 * 3)));
      const large = { ...strip, compression: "deflate", width: 4000, height: 4000, rowsPerStrip: 2000 } as const;
      return makeTiff({ ...large, tileBytes: () => bytes });
    },
    served: "whole",
    drawn: ["0,1900,64,200/max/0/default.jpg", "full/40,/90/default.png"],
  },
  {
    name: "a TIFF whose strips are too large for JPEG pictures alone",
    make: () => {
      const bytes = new Uint8Array(zstdCompressSync(new Uint8Array(4000 * 2000 * 3)));
      return makeTiff({ ...strip, width: 4000, height: 4000, rowsPerStrip: 2000, tileBytes: () => bytes });
    },
    served: "part",
    picture: "0,0,64,64/max/0/default.png",
  },
  {
    name: "a TIFF of which a smaller level is left",
    make: () => makeTiff({ ...strip, levels: 2, tileBytes: unread, levelLayout: "sub-ifds" }),
    served: "part",
  },
];

async function answersOf(key: string, file: Uint8Array) {
  await env.MASTERS.put(key, file);
  const base = `/iiif/3/${encodeURIComponent(key)}`;
  const infos = [await ask(`${base}/info.json`), await ask(`/iiif/2/${encodeURIComponent(key)}/info.json`)];
  return { base, infos };
}

describe("a master of which nothing can be answered", () => {
  it.each(refused)("says why in info.json too: $name", async ({ name, make, status, reason }) => {
    const file = await make();
    expect(file.byteLength).toBeLessThan(1 << 20);
    const { base, infos } = await answersOf(name, file);
    for (const info of infos) {
      expect([info.status, info.text]).toEqual([status, expect.stringMatching(reason)]);
      expect(info.headers.get("Cache-Control")).toBe("no-store");
    }
    for (const picture of ["full/16,/0/default.jpg", "0,0,1,1/max/0/gray.jpg", "0,0,256,256/256,/0/default.png"]) {
      const image = await ask(`${base}/${picture}`);
      expect([picture, image.status === 200]).toEqual([picture, false]);
    }
    expect((await checkMaster(memorySource(file))).served).toBe("none");
  });
});

describe("a master of which something can be answered", () => {
  it.each(answered)("has its info.json: $name", async ({ name, make, served, picture, drawn = [] }) => {
    const file = await make();
    const { base, infos } = await answersOf(name, file);
    expect(infos.map((info) => info.status)).toEqual([200, 200]);
    for (const small of drawn) expect([small, (await ask(`${base}/${small}`)).status]).toEqual([small, 200]);
    if (picture !== undefined) {
      expect((await ask(`${base}/${picture}`)).status).toBe(200);
      expect((await ask(`${base}/${picture.replace("png", "jpg")}`)).status).toBe(413);
    }
    expect((await checkMaster(memorySource(file))).served).toBe(served);
  });
});
