import { deflateSync, zstdCompressSync } from "node:zlib";
import sharp from "sharp";
import { encodeTestTile } from "../support/jpeg-tile.ts";
import { openJpeg2000Writer } from "../support/jpeg2000-writer.ts";
import { makeIptc } from "../support/make-iptc.ts";
import { makeTiff, type TiffOptions } from "../support/make-tiff.ts";
import { makeXmp } from "../support/make-xmp.ts";
import type { Chunk } from "../support/tiff-chunk.ts";
import { makeProgressiveTile, profileSeeds } from "./small-seeds.ts";

const small = { width: 90, height: 70, tile: 32 } as const;

/** Two colours by 16 indexes, three times: reds, greens, blues. */
const colorMap = Array.from({ length: 48 }, (_, index) => (index * 7919) % 65_536);

/** Returns TIFFs of every layout, depth, model and compression that is read, each small. */
export async function buildTiffSeeds(): Promise<readonly Uint8Array[]> {
  const forms: readonly TiffOptions[] = [...plainForms(), ...compressedForms(), ...(await pictureForms())];
  return [...(await Promise.all(forms.map(makeTiff))), await makeTiff(repeatedForm()), await roomySeed()];
}

/** Many tiles that are all the same bytes. */
function repeatedForm(): TiffOptions {
  const tile = new Uint8Array(deflateSync(new Uint8Array(128 * 128 * 3)));
  return { width: 500, height: 380, tile: 128, compression: "deflate", tileBytes: () => tile };
}

/** Many levels, in a file in which there is room for values that are longer than they should be. */
async function roomySeed(): Promise<Uint8Array> {
  const levels = Array.from({ length: 40 }, (_, index) => ({ width: 126 - index, height: 126 - index }));
  const file = await makeTiff({ width: 127, height: 127, tile: 32, tileBytes: () => Uint8Array.of(1, 2, 3), levels });
  const roomy = new Uint8Array(150_000);
  roomy.set(file);
  return roomy;
}

function plainForms(): TiffOptions[] {
  const { rgb, cmyk } = profileSeeds();
  return [
    { ...small, levels: 3 },
    { ...small, levels: 3, levelLayout: "sub-ifds", byteOrder: "big", directories: "back", compression: "deflate" },
    { ...small, levels: 2, bigTiff: true, samplesPerPixel: 4, photometric: "RGB", compression: "lzw", predictor: 2 },
    { width: 60, height: 50, rowsPerStrip: 7, samplesPerPixel: 1, compression: "packbits", photometric: "MinIsWhite" },
    { ...small, bitsPerSample: 16, planarConfiguration: 2, compression: "deflate", predictor: 2, byteOrder: "big" },
    { ...small, photometric: "Palette", bitsPerSample: 4, colorMap, compression: "lzw" },
    { ...small, photometric: "CMYK", iccProfile: cmyk, compression: "deflate" },
    { ...small, photometric: "CIELab", bitsPerSample: 16, compression: "deflate" },
    { ...small, sampleFormat: "float", bitsPerSample: 32, predictor: 3, compression: "deflate", sampleRange: [0, 9] },
    { ...small, photometric: "YCbCr", ycbcrSubsampling: [1, 1], compression: "deflate" },
    { ...small, orientation: 6, samplesPerPixel: 2, extraSamples: 1, iccProfile: rgb },
    { ...small, levels: 2, isMissing: ({ column }) => column === 1 },
    { width: 400, height: 500, rowsPerStrip: 500, iccProfile: rgb },
    subsampledForm(),
    {
      ...small,
      levels: 2,
      xmp: makeXmp("<dc:rights>Nobody</dc:rights>"),
      iccProfile: rgb,
      fields: [{ tag: 33_723, type: "UNDEFINED", values: [...makeIptc([[2, 116, "Nobody"]])] }],
      extraPages: [
        { kind: "thumbnail", width: 20, height: 20, position: "second" },
        { kind: "mask", width: 45, height: 35 },
      ],
      pages: [{ width: 40, height: 30, tile: 16, levels: 2 }],
      privateDirectories: [{ tag: 34_665, fields: [{ tag: 33_434, type: "RATIONAL", values: [1, 100] }] }],
    },
  ];
}

/** YCbCr in units of 2 by 2 pixels, as no JPEG has it. */
function subsampledForm(): TiffOptions {
  const strip = Uint8Array.from({ length: 40 * 6 * 10 }, (_, index) => (index * 31) & 255);
  return { width: 80, height: 20, photometric: "YCbCr", ycbcrSubsampling: [2, 2], tileBytes: () => strip };
}

function compressedForms(): TiffOptions[] {
  const page = { width: 100, height: 60, photometric: "MinIsWhite", bitsPerSample: 1 } as const;
  return [
    { ...page, compression: "ccitt-g4", rowsPerStrip: 20 },
    { ...page, compression: "ccitt-g3", t4Options: 1, fillOrder: 2 },
    { ...page, compression: "ccitt-rle", tile: 48 },
    { ...page, compression: "none", fillOrder: 2 },
    { ...small, compression: "zstd", predictor: 2, compress: (bytes) => Uint8Array.from(zstdCompressSync(bytes)) },
  ];
}

async function pictureForms(): Promise<TiffOptions[]> {
  const jpeg = { compression: "jpeg", photometric: "YCbCr", encodeTile: encodeTestTile } as const;
  const write = await openJpeg2000Writer();
  const encodeJpeg2000 = ({ width, height, samples }: Chunk): Uint8Array =>
    write({ width, height, components: 3, samples: Uint8Array.from(samples), halvings: 2 });
  return [
    { ...small, levels: 2, ...jpeg, jpegTables: "shared", ycbcrSubsampling: [1, 1] },
    { ...small, ...jpeg, samplesPerPixel: 1, photometric: "MinIsBlack" },
    { ...small, ...jpeg, encodeTile: encodeHalvedTile, ycbcrSubsampling: [2, 2] },
    { ...small, ...jpeg, encodeTile: makeProgressiveTile },
    { ...small, levels: 2, compression: "webp", encodeTile: encodeWebpTile },
    { ...small, compression: "jpeg2000", encodeTile: encodeJpeg2000 },
  ];
}

/** Returns a tile as libjpeg has it, chroma halved. */
async function encodeHalvedTile({ width, height, samples }: Chunk): Promise<Uint8Array> {
  const raw = { width, height, channels: 3 } as const;
  return sharp(Uint8Array.from(samples), { raw }).jpeg({ quality: 60, chromaSubsampling: "4:2:0" }).toBuffer();
}

async function encodeWebpTile({ width, height, samples }: Chunk): Promise<Uint8Array> {
  const raw = { width, height, channels: 3 } as const;
  return sharp(Uint8Array.from(samples), { raw }).webp({ quality: 50 }).toBuffer();
}
