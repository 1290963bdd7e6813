import { deflateSync, zstdCompressSync } from "node:zlib";
import { concatenate } from "../../src/bytes.ts";
import { formatChunk } from "../../src/codec/png/chunk.ts";
import { makeTiff } from "./make-tiff.ts";
import { makeXmp, utf8 } from "./make-xmp.ts";
import { writePng } from "./png-writer.ts";

// Cases that a file for Node and a file for workerd run: what the platform does is done by two of them.

/** A way to end a compressed stream that readers forgive, for all of what it should give comes out. */
export interface StreamEnd {
  readonly name: string;
  readonly change: (stream: Uint8Array) => Uint8Array;
}

const followedBy = (bytes: Uint8Array) => (stream: Uint8Array) => concatenate([stream, bytes]);

/** Ends of zlib streams. */
export const streamEnds: readonly StreamEnd[] = [
  { name: "as it should", change: (stream) => stream },
  { name: "and one zero follows", change: followedBy(new Uint8Array(1)) },
  { name: "and 5000 zeros follow", change: followedBy(new Uint8Array(5000)) },
  { name: "and other bytes follow", change: followedBy(Uint8Array.from({ length: 300 }, (_, at) => at * 7)) },
  { name: "and another stream follows", change: followedBy(new Uint8Array(deflateSync(new Uint8Array(999)))) },
  { name: "with a checksum that differs", change: (stream) => stream.with(-1, stream.at(-1)! ^ 1) },
  { name: "with a checksum that is cut off", change: (stream) => stream.subarray(0, -3) },
  { name: "without a checksum", change: (stream) => stream.subarray(0, -4) },
];

/** Side of the pictures below in pixels: gray, well compressed or hardly at all. */
const streamSide = 128;
const samplesOf = {
  noisy: Uint8Array.from({ length: streamSide * streamSide }, (_, at) => Math.imul(at, 2_654_435_761) >>> 24),
  wavy: Uint8Array.from({ length: streamSide * streamSide }, (_, at) => (at >> 3) & 255),
} as const;

/** A file whose pixels are in compressed streams, and the gray samples it holds. */
export interface StreamFile {
  readonly name: string;
  readonly samples: Uint8Array;
  /** Writes the file, with the ends of its streams changed. */
  readonly make: (end: StreamEnd) => Uint8Array | Promise<Uint8Array>;
}

/** Files of each kind that inflates. */
export const streamFiles: readonly StreamFile[] = Object.entries(samplesOf).flatMap(([kind, samples]) => [
  { name: `Deflate tiles, ${kind}`, samples, make: ({ change }) => tiffOf(samples, (raw) => change(deflateSync(raw))) },
  {
    name: `Deflate strips, ${kind}`,
    samples,
    make: ({ change }) => stripsOf(samples, (raw) => change(deflateSync(raw))),
  },
  { name: `a PNG, ${kind}`, samples, make: (end) => pngOf(samples, end) },
]);

/** A TIFF of the same pixels in ZSTD tiles, which have the same ends. */
export const zstdFile = (end: StreamEnd): Promise<Uint8Array> =>
  tiffOf(samplesOf.wavy, (raw) => end.change(zstdCompressSync(raw, { params: { [checksumFlag]: 1 } })));
/** ZSTD_c_checksumFlag. */
const checksumFlag = 201;
/** The samples of `zstdFile`. */
export const zstdSamples: Uint8Array = samplesOf.wavy;

const form = { width: streamSide, height: streamSide, photometric: "MinIsBlack" } as const;
const tile = 64;

function tiffOf(samples: Uint8Array, compress: (raw: Uint8Array) => Uint8Array): Promise<Uint8Array> {
  const bytes = ({ column, row }: { readonly column: number; readonly row: number }): Uint8Array => {
    const cut = Uint8Array.from({ length: tile * tile }, (_, at) => {
      const [x, y] = [column * tile + (at % tile), row * tile + Math.floor(at / tile)];
      return samples[y * streamSide + x]!;
    });
    return compress(cut);
  };
  return makeTiff({ ...form, tile, compression: "deflate", tileBytes: bytes, overrides: zstdTag(compress) });
}

function stripsOf(samples: Uint8Array, compress: (raw: Uint8Array) => Uint8Array): Promise<Uint8Array> {
  const stripBytes = tile * streamSide;
  const bytes = ({ row }: { readonly row: number }) =>
    compress(samples.slice(row * stripBytes, (row + 1) * stripBytes));
  return makeTiff({ ...form, rowsPerStrip: tile, compression: "deflate", tileBytes: bytes });
}

/** Compression 50000 where the stream begins as ZSTD does. */
function zstdTag(compress: (raw: Uint8Array) => Uint8Array) {
  const isZstd = compress(new Uint8Array(9))[0] === 0x28;
  return isZstd ? [{ directory: 0, tag: 259, values: [50_000] }] : [];
}

function pngOf(samples: Uint8Array, { change }: StreamEnd): Uint8Array {
  const rows = new Uint8Array((streamSide + 1) * streamSide);
  for (let row = 0; row < streamSide; row += 1) {
    rows.set(samples.subarray(row * streamSide, (row + 1) * streamSide), row * (streamSide + 1) + 1);
  }
  const size = { width: streamSide, height: streamSide };
  return writePng({ ...size, bitDepth: 8, colorType: 0, rows, dataBytes: 3000, changeData: change });
}

/** What a PNG says in its compressed blocks: a profile that is none, and a packet of XMP. */
export const blockTexts = {
  profile: utf8("profile ".repeat(4000)),
  xmp: utf8(makeXmp("", 'photoshop:Credit="A museum"')),
} as const;

/** Returns a PNG with its profile, and its XMP in one of two kinds of chunk, compressed. */
export function blocksPng(type: "iTXt" | "zTXt", { change }: StreamEnd): Uint8Array {
  const head = type === "iTXt" ? "XML:com.adobe.xmp\0\x01\0\0\0" : "XML:com.adobe.xmp\0\0";
  const chunks = [
    formatChunk("iCCP", concatenate([utf8("p\0\0"), change(deflateSync(blockTexts.profile))])),
    formatChunk(type, concatenate([utf8(head), change(deflateSync(blockTexts.xmp))])),
  ];
  return writePng({ width: 3, height: 1, bitDepth: 8, colorType: 0, rows: [0, 1, 2, 3], chunks });
}
