import { deflateSync } from "node:zlib";
import { formatChunk } from "../../src/codec/png/chunk.ts";
import { makeExif, short } from "../support/make-exif.ts";
import { makeXmp, utf8 } from "../support/make-xmp.ts";
import { type PngParts, writePng } from "../support/png-writer.ts";
import type { Random } from "../support/random.ts";
import { mutateBytes, oddValues } from "./mutation.ts";
import { profileSeeds } from "./small-seeds.ts";

/** Returns PNG files of every colour type, with chunks of every kind that is read. */
export function buildPngSeeds(): readonly Uint8Array[] {
  return pngForms().map(writePng);
}

/**
 * Returns a PNG with damage: in its pixels and parameters before it is written, in its bytes, or in its bytes with the
 * CRCs of its chunks made right again.
 */
export function mutatePng(random: Random, file: Uint8Array): Uint8Array {
  if (random.next() < 0.3) return writePng(changeParts(random, random.pick(pngForms())));
  const mutated = mutateBytes(random, file, { headBytes: 300 });
  return random.next() < 0.7 ? sealChunks(mutated) : mutated;
}

function pngForms(): readonly PngParts[] {
  const { rgb, gray } = profileSeeds();
  const palette = formatChunk(
    "PLTE",
    Uint8Array.from({ length: 48 }, (_, at) => at * 5),
  );
  const profile = formatChunk("iCCP", Buffer.concat([utf8("p\0\0"), deflateSync(rgb)]));
  const xmp = formatChunk("iTXt", utf8(`XML:com.adobe.xmp\0\0\0\0\0${makeXmp("<dc:rights>x</dc:rights>")}`));
  const exif = formatChunk("eXIf", makeExif({ image: [short(274, 3)] }));
  const form = (colorType: number, bitDepth: number, rowBytes: number) => ({
    ...{ width: 37, height: 21, bitDepth, colorType },
    rows: Uint8Array.from({ length: (rowBytes + 1) * 21 }, (_, at) => (at % (rowBytes + 1) === 0 ? at % 5 : at * 7)),
  });
  return [
    { ...form(2, 8, 37 * 3), chunks: [profile, exif], chunksBehind: [xmp] },
    { ...form(6, 16, 37 * 8), dataBytes: 50 },
    { ...form(3, 4, 19), chunks: [palette, formatChunk("tRNS", Uint8Array.of(0, 9, 255))] },
    { ...form(0, 1, 5), chunks: [formatChunk("tRNS", Uint8Array.of(0, 1))] },
    { ...form(0, 16, 74), chunks: [formatChunk("iCCP", Buffer.concat([utf8("g\0\0"), deflateSync(gray)]))] },
    { ...form(4, 8, 74), chunks: [formatChunk("pHYs", Uint8Array.of(0, 0, 11, 18, 0, 0, 11, 18, 1))] },
    { ...form(2, 8, 37 * 3), interlace: 1 },
  ];
}

function changeParts(random: Random, parts: PngParts): PngParts {
  const rows = mutateBytes(random, Uint8Array.from(parts.rows), { headBytes: 2000 });
  if (random.next() < 0.5) return { ...parts, rows };
  return {
    ...parts,
    rows,
    width: random.next() < 0.5 ? parts.width : random.pick([...oddValues, parts.width + 1]),
    height: random.next() < 0.5 ? parts.height : random.pick([...oddValues, parts.height + 1]),
    bitDepth: random.pick([1, 2, 4, 8, 16, parts.bitDepth]),
    colorType: random.pick([0, 2, 3, 4, 6, parts.colorType]),
  };
}

/** Writes chunk after chunk anew as far as they can be followed. */
function sealChunks(bytes: Uint8Array): Uint8Array {
  const parts = [bytes.subarray(0, 8)];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 8;
  while (at + 12 <= bytes.byteLength) {
    const end = at + 12 + view.getUint32(at);
    if (end > bytes.byteLength) break;
    parts.push(formatChunk(String.fromCharCode(...bytes.subarray(at + 4, at + 8)), bytes.subarray(at + 8, end - 4)));
    at = end;
  }
  return Buffer.concat([...parts, bytes.subarray(at)]);
}
