import { deflateSync, zstdCompressSync } from "node:zlib";
import { writeCcitt } from "./ccitt-writer.ts";
import { writeJpeg } from "./jpeg-writer.ts";
import { writeLzw } from "./lzw-writer.ts";
import { makeTiff } from "./make-tiff.ts";
import { writePackBits } from "./pack-bits-writer.ts";
import { writePng } from "./png-writer.ts";
import { openRandom } from "./random.ts";

/** A master of which some rows can't be read, and what a picture of all of it lacks. */
export interface DamagedMaster {
  readonly name: string;
  readonly make: () => Uint8Array | Promise<Uint8Array>;
  readonly firstRow: number;
  /** How many rows; undefined where it depends on how far a stream is read. */
  readonly rows?: number;
  /** A region that is whole all the same. */
  readonly wholeRegion: string;
}

const width = 160;
const height = 240;
const stripRows = 80;
const page = Array.from({ length: height }, (_, y) =>
  "0"
    .repeat(20 + (y % 50))
    .padEnd(60 + (y % 50), "1")
    .padEnd(width, "0"),
);
const faxStrip = (row: number): Uint8Array =>
  writeCcitt(page.slice(row * stripRows, (row + 1) * stripRows), { scheme: "g4" });
const random = openRandom(3);
const samples = Uint8Array.from({ length: width * height }, () => random.integer(0, 255));
const fax = { width, height, bitsPerSample: 1, rowsPerStrip: stripRows, photometric: "MinIsWhite" } as const;

/** Restart markers of a JPEG, by their places. */
function restartsOf(jpeg: Uint8Array): number[] {
  return Array.from(jpeg.keys()).filter((at) => jpeg[at] === 0xff && (jpeg[at + 1]! & 0xf8) === 0xd0);
}

const grayJpeg = (restartInterval: number): Uint8Array =>
  writeJpeg({
    width,
    height,
    restartInterval,
    components: [{ horizontal: 1, vertical: 1, sampleAt: (x, y) => (x + y) & 255 }],
  });

/** Returns a PNG that ends after two thirds of its data. */
function cutPng(): Uint8Array {
  const rows = new Uint8Array((width + 1) * height);
  for (let y = 0; y < height; y += 1) rows.set(samples.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  const whole = writePng({ width, height, bitDepth: 8, colorType: 0, rows });
  return whole.slice(0, Math.floor((whole.length * 2) / 3));
}

const tileSide = 80;

/** Returns a master of 2 by 3 tiles, of which those of the second row hold half of their samples, and say no more. */
function shortTiles(
  compression: "none" | "deflate" | "lzw" | "packbits" | "zstd",
  compress: (samples: Uint8Array) => Uint8Array,
) {
  const tile = samples.subarray(0, tileSide * tileSide);
  return {
    name: `a tile that ends short, ${compression === "none" ? "not compressed" : `of ${compression}`}`,
    make: () =>
      makeTiff({
        ...{ width, height, tile: tileSide, photometric: "MinIsBlack", compression },
        tileBytes: ({ row }) => compress(row === 1 ? tile.subarray(0, tile.length / 2) : tile),
      }),
    firstRow: 120,
    rows: 80,
    wholeRegion: `0,0,${width},120`,
  };
}

/** Masters of each kind that can be shown in part. */
export const damagedMasters: readonly DamagedMaster[] = [
  {
    name: "a Group 4 strip that breaks off",
    make: () =>
      makeTiff({
        ...fax,
        compression: "ccitt-g4",
        tileBytes: ({ row }) => faxStrip(row).subarray(0, row === 1 ? 40 : 1e6),
      }),
    firstRow: 120,
    rows: 40,
    wholeRegion: `0,0,${width},120`,
  },
  {
    name: "a Group 4 strip of noise",
    make: () =>
      makeTiff({
        ...fax,
        compression: "ccitt-g4",
        tileBytes: ({ row }) => (row === 2 ? new Uint8Array(90) : faxStrip(row)),
      }),
    firstRow: 160,
    rows: 80,
    wholeRegion: `0,40,${width},120`,
  },
  {
    name: "a Deflate strip that is cut off",
    make: () =>
      makeTiff({
        ...{ width, height, rowsPerStrip: height, photometric: "MinIsBlack", compression: "deflate" },
        tileBytes: () => deflateSync(samples, { level: 0 }).subarray(0, 7 + 8 + width * 200 + 30),
      }),
    firstRow: 200,
    rows: 40,
    wholeRegion: `0,0,${width},200`,
  },
  shortTiles("none", (bytes) => bytes),
  shortTiles("deflate", deflateSync),
  shortTiles("lzw", writeLzw),
  shortTiles("packbits", (bytes) => writePackBits(bytes, tileSide)),
  shortTiles("zstd", zstdCompressSync),
  { name: "a PNG that is cut off", make: cutPng, firstRow: 159, wholeRegion: `0,0,${width},150` },
  {
    name: "a JPEG that is cut off",
    make: () => grayJpeg(20).subarray(0, restartsOf(grayJpeg(20))[19]! + 4),
    firstRow: 160,
    rows: 80,
    wholeRegion: `0,0,${width},160`,
  },
  {
    name: "a JPEG that lost one of its restart intervals",
    make: () => {
      const jpeg = grayJpeg(20);
      const restarts = restartsOf(jpeg);
      return Uint8Array.from([...jpeg.subarray(0, restarts[9]!), ...jpeg.subarray(restarts[10]!)]);
    },
    firstRow: 80,
    rows: 8,
    wholeRegion: `0,88,${width},100`,
  },
];

/** Returns a master in one Group 4 strip of which so many rows of 240 are there. */
export function faxOf(rows: number): Promise<Uint8Array> {
  const bytes = writeCcitt(page.slice(0, rows), { scheme: "g4" });
  return makeTiff({ ...fax, rowsPerStrip: height, compression: "ccitt-g4", tileBytes: () => bytes });
}
