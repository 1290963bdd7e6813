import {
  isPngChunkIntact,
  malformedPng,
  type PngChunk,
  type PngHeader,
  pngSamples,
  readPngChunk,
  readPngHeader,
} from "../codec/png/reader.ts";
import { parsePngTransparency } from "../codec/png/transparency.ts";
import { maxMetadataReadBytes, maxPngChunks, maxPngHeaderBytes, maxProfileBytes } from "../limits.ts";
import { unsupported } from "../pyramid/faults.ts";
import type { ByteSource } from "../source/byte-source.ts";
import { readBlock } from "./blocks.ts";
import { fileEncoding, type ImageFile } from "./image-file.ts";
import { findChunksAtEnd, inflateProfile, textTypes, xmpOfText } from "./png-blocks.ts";
import { type PngColorChunks, pngProfile } from "./png-colors.ts";

/** Where the first chunk starts, after the signature. */
const firstChunk = 8;

/** How many bytes at the end of a file are searched for chunks after the image data. */
const endBytes = 65_536;

const metadataTypes: readonly string[] = ["eXIf", ...textTypes];

/** Metadata blocks, the first of each. */
interface MetadataFound {
  exif?: Uint8Array | undefined;
  xmp?: Uint8Array | undefined;
}

/**
 * Reads the header of a PNG file. Throws `source-malformed`; `source-unsupported` for too much before the image data;
 * and what the source throws. Source: W3C PNG specification, third edition.
 */
export async function readPngFile(source: ByteSource, prefix: Uint8Array): Promise<ImageFile> {
  const header = readPngHeader(prefix);
  const chunks = await findChunks(source);
  const dataOf = dataReader(source, chunks);
  const palette = await dataOf("PLTE", 768);
  if (header.colorType === 3 && (!palette || palette.byteLength % 3 !== 0)) throw malformedPng("no palette");
  const transparency = await dataOf("tRNS", 256);
  const isKeyed = transparency !== undefined && parsePngTransparency(transparency, header) !== undefined;
  const density = await dataOf("pHYs", 9);
  return {
    kind: "png",
    width: header.width,
    height: header.height,
    encoding: encodingOf(header, { palette, isKeyed }),
    profile: await readColors(source, chunks, header),
    blocks: await readMetadataChunks(source, chunks),
    dotsPerInch: density && readDensity(density),
  };
}

/**
 * Reads what profile a PNG's colours are in, as `readPngFile` does, of pictures that it refuses too. Throws
 * `source-malformed`, `source-unsupported` for too much before the image data, and what the source throws.
 */
export async function readPngProfile(source: ByteSource, prefix: Uint8Array): Promise<Uint8Array | undefined> {
  return readColors(source, await findChunks(source), readPngHeader(prefix));
}

async function readColors(
  source: ByteSource,
  chunks: readonly PngChunk[],
  { colorType }: PngHeader,
): Promise<Uint8Array | undefined> {
  const dataOf = intactReader(source, chunks);
  const embedded = await dataOf("iCCP", maxProfileBytes);
  const colors: PngColorChunks = {
    cICP: await dataOf("cICP", 4),
    profile: embedded && inflateProfile(embedded),
    hasSrgb: (await dataOf("sRGB", 1)) !== undefined,
    gAMA: await dataOf("gAMA", 4),
    cHRM: await dataOf("cHRM", 32),
  };
  return pngProfile(colors, colorType);
}

/** Finds the chunks before the image data. */
async function findChunks(source: ByteSource): Promise<readonly PngChunk[]> {
  const chunks: PngChunk[] = [];
  for (let at = firstChunk; ; ) {
    const chunk = readPngChunk(await source.read(at, 8), at);
    if (chunk.type === "IDAT") return chunks;
    if (chunk.type === "IEND") throw malformedPng("no image data");
    if (chunks.length === maxPngChunks || chunk.end > maxPngHeaderBytes) {
      throw unsupported("is a PNG with too many or too large chunks before its picture");
    }
    chunks.push(chunk);
    at = chunk.end + 4;
  }
}

/** Returns what reads the first chunk of a type, undefined if there is none or a longer one. */
function dataReader(source: ByteSource, chunks: readonly PngChunk[]) {
  return async (type: string, maxBytes: number): Promise<Uint8Array | undefined> => {
    const found = chunks.find((chunk) => chunk.type === type);
    return found && readData(source, found, maxBytes);
  };
}

/** Reads as `dataReader` does, but no chunk whose CRC is wrong: no reader takes colours from one. */
function intactReader(source: ByteSource, chunks: readonly PngChunk[]) {
  return async (type: string, maxBytes: number): Promise<Uint8Array | undefined> => {
    const found = chunks.find((chunk) => chunk.type === type);
    if (found === undefined) return undefined;
    const { start, end } = found;
    const bytes = await readBlock(source, [{ offset: start - 4, length: end - start + 8 }], maxBytes + 8);
    const inside = { type, start: 4, end: end - start + 4 };
    return bytes && isPngChunkIntact(bytes, inside) ? bytes.subarray(inside.start, inside.end) : undefined;
  };
}

function readData(source: ByteSource, { start, end }: PngChunk, maxBytes: number): Promise<Uint8Array | undefined> {
  return readBlock(source, [{ offset: start, length: end - start }], maxBytes);
}

function encodingOf(
  { bitDepth, colorType, isInterlaced }: PngHeader,
  { palette, isKeyed }: { readonly palette: Uint8Array | undefined; readonly isKeyed: boolean },
): ImageFile["encoding"] {
  const samplesPerPixel = pngSamples[colorType];
  const stored = colorType === 4 || colorType === 6 ? samplesPerPixel - 1 : undefined;
  return fileEncoding({
    compression: "png",
    model: colorType === 3 ? "palette" : samplesPerPixel < 3 ? "gray" : "rgb",
    bits: bitDepth,
    samplesPerPixel,
    // The index after the last sample: opacity that comes from tRNS.
    alphaSample: isKeyed ? samplesPerPixel : stored,
    palette: colorType === 3 && palette !== undefined ? byChannel(palette) : undefined,
    isProgressive: isInterlaced,
  });
}

/** Reorders colours by index into reds, greens and blues by index. */
function byChannel(palette: Uint8Array): Uint8Array {
  const count = palette.byteLength / 3;
  return Uint8Array.from(palette, (_, index) => palette[(index % count) * 3 + Math.floor(index / count)]!);
}

async function readMetadataChunks(source: ByteSource, chunks: readonly PngChunk[]): Promise<MetadataFound> {
  const found: MetadataFound = {};
  const take = ({ type }: PngChunk, data: Uint8Array | undefined): void => {
    if (type === "eXIf") found.exif ??= data;
    else if (data !== undefined) found.xmp ??= xmpOfText(type, data);
  };
  for (const chunk of chunks) {
    if (metadataTypes.includes(chunk.type)) {
      take(chunk, await readData(source, chunk, maxMetadataReadBytes));
    }
  }
  if (found.exif === undefined || found.xmp === undefined) {
    const offset = Math.max(0, source.size - endBytes);
    const end = await source.read(offset, endBytes);
    for (const chunk of findChunksAtEnd(end, metadataTypes)) {
      take(chunk, end.slice(chunk.start, chunk.end));
    }
  }
  return found;
}

/** Source: W3C PNG specification, third edition, 11.3.4.3. */
function readDensity(data: Uint8Array): number | undefined {
  if (data.byteLength !== 9 || data[8] !== 1) return undefined;
  const dotsPerMetre = new DataView(data.buffer, data.byteOffset).getUint32(0);
  return dotsPerMetre > 0 ? Math.round(dotsPerMetre * 0.0254 * 100) / 100 : undefined;
}
