import { maxMetadataReadBytes, maxProfileBytes } from "../limits.ts";
import { unsupported } from "../pyramid/faults.ts";
import type { ByteSource } from "../source/byte-source.ts";
import { chunkHeadBytes, readChunkHead } from "../webp/chunks.ts";
import { readWebpHeader, webpHeaderBytes } from "../webp/header.ts";
import { type BlockRange, readBlock } from "./blocks.ts";
import { fileEncoding, type ImageFile } from "./image-file.ts";

/** Chunks that are examined: an extended file has at most seven known ones. */
const maxChunks = 16;

/**
 * Reads the header of a WebP file, and EXIF and XMP, which come after the picture, with a separate read. Throws
 * `source-malformed`, `source-unsupported` for an animation, and what the source throws. Source: RFC 9649, 2.7.
 */
export async function readWebpFile(source: ByteSource, prefix: Uint8Array): Promise<ImageFile> {
  const header = readWebpHeader(prefix);
  if (header.isAnimated) throw unsupported("is an animated WebP, which is not supported");
  const chunks = header.isExtended ? await findChunks(source) : new Map<string, BlockRange>();
  const block = async (type: string, maxBytes: number): Promise<Uint8Array | undefined> => {
    const range = chunks.get(type);
    return range && readBlock(source, [range], maxBytes);
  };
  const { width, height, hasAlpha } = header;
  return {
    kind: "webp",
    width,
    height,
    encoding: fileEncoding({
      compression: "webp",
      model: "rgb",
      bits: 8,
      samplesPerPixel: hasAlpha ? 4 : 3,
      alphaSample: hasAlpha ? 3 : undefined,
    }),
    profile: await block("ICCP", maxProfileBytes),
    blocks: { exif: await block("EXIF", maxMetadataReadBytes), xmp: await block("XMP ", maxMetadataReadBytes) },
    dotsPerInch: undefined,
  };
}

/** Goes from chunk to chunk, up to the end or to the first invalid one; the first of each type counts. */
async function findChunks(source: ByteSource): Promise<ReadonlyMap<string, BlockRange>> {
  const chunks = new Map<string, BlockRange>();
  let at = webpHeaderBytes;
  for (let count = 0; count < maxChunks && at + chunkHeadBytes <= source.size; count += 1) {
    const { type, dataBytes, byteLength } = readChunkHead(await source.read(at, chunkHeadBytes), 0);
    if (!chunks.has(type)) chunks.set(type, { offset: at + chunkHeadBytes, length: dataBytes });
    at += byteLength;
  }
  return chunks;
}
