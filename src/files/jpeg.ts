import { concatenate } from "../bytes.ts";
import {
  carriedSubsampling,
  decodedProcesses,
  type JpegComponent,
  type JpegFrame,
  type JpegProcess,
  samplingsOf,
} from "../codec/jpeg/header.ts";
import { comesByRows } from "../codec/jpeg/rows-head.ts";
import { type JpegSegments, readJpegSegments } from "../codec/jpeg/segments.ts";
import { jpegRows } from "../codec/tile-decoder.ts";
import { ImageError } from "../error.ts";
import { maxJpegHeaderBytes, maxMetadataReadBytes, maxProfileBytes } from "../limits.ts";
import { unsupported } from "../pyramid/faults.ts";
import type { TileEncoding } from "../pyramid/tile-encoding.ts";
import type { ByteSource } from "../source/byte-source.ts";
import { readAhead } from "../source/read-ahead.ts";
import { type BlockRange, readBlock } from "./blocks.ts";
import { fileEncoding, type ImageFile } from "./image-file.ts";

/**
 * Reads the header of a JPEG file. If profile and metadata before the frame are longer than the prefix, it reads on,
 * four times as far each time. Throws `source-malformed`; `source-unsupported` for depths other than 8 bits, for processes
 * that are not decoded and for components that don't make a picture; and what the source throws. Source: ITU-T T.81 B.2;
 * ITU-T T.871; Adobe Technical Note 5116.
 */
export async function readJpegFile(source: ByteSource, prefix: Uint8Array): Promise<ImageFile> {
  const { segments, bytes } = await readSegments(source, prefix);
  const { frame } = segments;
  if (frame === undefined) throw damaged("no frame");
  if (frame.height === 0)
    throw unsupported("is a JPEG that states its height only after its first scan, which is not supported");
  if (frame.width === 0) throw damaged("a width of 0");
  if (frame.precision !== 8)
    throw unsupported(`is a JPEG of ${frame.precision} bits per sample, which is not supported`);
  refuseProcess(frame.process);
  // All blocks end before the frame, so these bytes hold them.
  const held = readAhead(source, 0, [{ offset: 0, bytes }]);
  const block = (range: BlockRange | undefined) => readBlock(held, range ? [range] : [], maxMetadataReadBytes);
  return {
    kind: "jpeg",
    width: frame.width,
    height: frame.height,
    encoding: encodingOf(frame, segments, bytes),
    profile: await readBlock(held, segments.icc, maxProfileBytes),
    blocks: {
      exif: await block(segments.exif),
      xmp: await block(segments.xmp),
      iptc: await readBlock(held, segments.imageResources, maxMetadataReadBytes),
    },
    dotsPerInch: segments.jfif && readDensity(bytes.subarray(segments.jfif.offset)),
  };
}

/** Reads the profile of a JPEG file, of any kind. Throws as `readJpegFile` does. */
export async function readJpegProfile(source: ByteSource, prefix: Uint8Array): Promise<Uint8Array | undefined> {
  const { segments, bytes } = await readSegments(source, prefix);
  return readBlock(readAhead(source, 0, [{ offset: 0, bytes }]), segments.icc, maxProfileBytes);
}

function refuseProcess(process: JpegProcess): void {
  if (!decodedProcesses.includes(process))
    throw unsupported(`is JPEG of the ${process} process, which is not supported`);
}

async function readSegments(
  source: ByteSource,
  prefix: Uint8Array,
): Promise<{ readonly segments: JpegSegments; readonly bytes: Uint8Array }> {
  for (let bytes = prefix; ; ) {
    const segments = readJpegSegments(bytes);
    if (segments.isComplete) return { segments, bytes };
    if (bytes.byteLength >= source.size) throw damaged("ends before its frame");
    if (bytes.byteLength >= maxJpegHeaderBytes) {
      throw unsupported(`is a JPEG with more than ${maxJpegHeaderBytes >> 20} MB of metadata before its picture`);
    }
    const end = Math.min(4 * bytes.byteLength, maxJpegHeaderBytes);
    bytes = concatenate([bytes, await source.read(bytes.byteLength, end - bytes.byteLength)]);
  }
}

function encodingOf(frame: JpegFrame, segments: JpegSegments, bytes: Uint8Array): TileEncoding {
  const { components } = frame;
  const model = modelOf(components, segments);
  const sampled = chromaOf(frame);
  const chroma = model === "ycbcr" ? sampled : {};
  return fileEncoding({
    compression: "jpeg",
    model,
    bits: 8,
    samplesPerPixel: components.length,
    // As Adobe's writers store inks: 0 is full ink. All readers take it so, with an Adobe segment or without.
    isInverted: model === "cmyk" || model === "ycck",
    ...chroma,
    isProgressive: frame.process === "progressive",
    // Where the scan begins behind what was read, the file is decoded as one of several scans.
    isOneScan: comesByRows(bytes, jpegRows),
  });
}

/** Decides as libjpeg does. Source: Adobe Technical Note 5116, section 18; ITU-T T.871. */
function modelOf(components: readonly JpegComponent[], { jfif, adobeTransform }: JpegSegments): TileEncoding["model"] {
  switch (components.length) {
    case 1:
      return "gray";
    case 3: {
      if (jfif !== undefined) return "ycbcr";
      if (adobeTransform !== undefined) return adobeTransform === 0 ? "rgb" : "ycbcr";
      const identifiers = components.map(({ identifier }) => String.fromCharCode(identifier)).join("");
      return identifiers === "RGB" ? "rgb" : "ycbcr";
    }
    case 4:
      return (adobeTransform ?? 0) === 0 ? "cmyk" : "ycck";
    default:
      throw unsupported(`is a JPEG of ${components.length} components, which is not supported`);
  }
}

/** How YCbCr is sampled, for planning: decoding uses the frame header itself. */
function chromaOf(frame: JpegFrame): Pick<TileEncoding, "subsampling" | "isUneven"> {
  const samplings = samplingsOf(frame);
  if (samplings === undefined) throw unsupported("is a JPEG with a chroma sampling that is not supported");
  const carried = carriedSubsampling(samplings);
  return { subsampling: carried ?? { x: 1, y: 1 }, isUneven: carried === undefined };
}

/** Reads the density in what follows the signature of JFIF; undefined if it states none. Source: ITU-T T.871 §10.1. */
function readDensity([, , unit, high = 0, low = 0]: Uint8Array): number | undefined {
  const density = (high << 8) | low;
  if (density === 0 || (unit !== 1 && unit !== 2)) return undefined;
  return unit === 1 ? density : density * 2.54;
}

function damaged(detail: string): ImageError {
  return new ImageError("source-malformed", "The JPEG data is damaged.", { detail: `JPEG: ${detail}` });
}
