import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { type Jpeg2000Header, readJpeg2000Header } from "../codec/jpeg2000-header.ts";
import { readExifEntries } from "../layout/carried-entries.ts";
import { bytesEntry, type PlannedEntry } from "../layout/planned-entry.ts";
import { IngestError } from "../node/ingest-error.ts";
import { memorySource } from "../source/memory.ts";
import { tags } from "../tiff/tags.ts";
import { inspect } from "./inspect.ts";
import { readJpeg2000Boxes } from "./jpeg2000-boxes.ts";
import type { PixelSource } from "./pixels.ts";
import { writePlainTiff } from "./plain-tiff.ts";

/** OpenJPEG holds a picture whole, at about 19 bytes per colour pixel: 1.1 GB at this limit. */
const maxPixels = 60_000_000;
const maxFileBytes = 512 << 20;

/** The part of @cornerstonejs/codec-openjpeg's decoder that is used here. */
interface Decoder {
  getEncodedBuffer(byteLength: number): Uint8Array;
  decode(): void;
  getDecodedBuffer(): Uint8Array;
  getFrameInfo(): { width: number; height: number; bitsPerSample: number; componentCount: number; isSigned: boolean };
}

interface Codec {
  readonly J2KDecoder: new () => Decoder;
}

type CodecFactory = (options: {
  readonly wasmBinary: Uint8Array;
  readonly print: () => void;
  readonly printErr: (line: string) => void;
}) => Promise<Codec>;

/**
 * Decodes a JPEG 2000 file to an uncompressed TIFF at `path`, with its profile, XMP and Exif, and returns that as the
 * source to convert. Throws `unsupported`, with the command that converts it, for pictures other than grey and RGB and
 * for more than 60 megapixels; `damaged`.
 */
export async function decodeJpeg2000(file: string, path: string): Promise<PixelSource> {
  const bytes = await readFile(file);
  const header = readJpeg2000Header(bytes);
  refuseBeyondCodec(file, header, bytes.byteLength);
  const { samples, bits } = await decode(file, bytes);
  const channels = header.components.length;
  const rowBytes = header.width * channels * (bits / 8);
  if (samples.byteLength !== rowBytes * header.height) throw damaged(file, "its size differs from the one it states");
  const { width, height } = header;
  const entries = await describingEntries(bytes);
  await writePlainTiff(path, {
    width,
    height,
    channels: channels === 1 ? 1 : 3,
    bits,
    samples: memorySource(samples),
    entries,
  });
  return { ...(await inspect(path, 0)), path, forgiven: undefined };
}

function refuseBeyondCodec(
  file: string,
  { width, height, components, colorSpace, hasPalette }: Jpeg2000Header,
  bytes: number,
): void {
  const [first] = components;
  const isPlain =
    (components.length === 1 || components.length === 3) &&
    components.every(
      ({ x, y, isSigned, depth }) => x === 1 && y === 1 && !isSigned && depth === first?.depth && depth <= 16,
    );
  const isKnown = colorSpace === undefined || colorSpace === 16 || colorSpace === 17;
  const isSmall = width * height <= maxPixels && bytes <= maxFileBytes;
  if (isPlain && isKnown && !hasPalette && isSmall) return;
  const reason = isSmall
    ? "is a kind of JPEG 2000 that is not supported"
    : "is a JPEG 2000 file that is too large to decode";
  throw new IngestError(
    "unsupported",
    `${file} ${reason}. Convert it first: vips copy IN.jp2 OUT.tif[compression=deflate,tile,bigtiff]`,
  );
}

async function decode(
  file: string,
  bytes: Uint8Array,
): Promise<{ readonly samples: Uint8Array; readonly bits: 8 | 16 }> {
  const require = createRequire(import.meta.url);
  const factory = require("@cornerstonejs/codec-openjpeg/decodewasmjs") as CodecFactory;
  const wasmBinary = await readFile(require.resolve("@cornerstonejs/codec-openjpeg/decodewasm"));
  const complaints: string[] = [];
  const printErr = (line: string): void => void complaints.push(line);
  const codec = await factory({ wasmBinary, print: () => undefined, printErr });
  const decoder = new codec.J2KDecoder();
  try {
    decoder.getEncodedBuffer(bytes.byteLength).set(bytes);
    decoder.decode();
  } catch (cause) {
    throw damaged(file, complaints[0] ?? String(cause));
  }
  // OpenJPEG decodes as much as there is of a truncated file, and only logs that it is cut off.
  const complaint = complaints.find((line) => /\[(?:WARNING|ERROR)\]/.test(line));
  if (complaint !== undefined) throw damaged(file, complaint);
  const { bitsPerSample } = decoder.getFrameInfo();
  const samples = decoder.getDecodedBuffer();
  return bitsPerSample === 8 ? { samples, bits: 8 } : widen(samples, bitsPerSample);
}

/** Scales samples to the full range of 8 or 16 bits; samples of more than 8 bits are two bytes each. */
function widen(samples: Uint8Array, depth: number): { readonly samples: Uint8Array; readonly bits: 8 | 16 } {
  if (depth < 8) return { samples: samples.map((sample) => Math.round((sample * 255) / (2 ** depth - 1))), bits: 8 };
  if (depth === 16) return { samples, bits: 16 };
  const words = new Uint16Array(samples.buffer, samples.byteOffset, samples.byteLength / 2);
  const wide = words.map((sample) => Math.round((sample * 65_535) / (2 ** depth - 1)));
  return { samples: new Uint8Array(wide.buffer), bits: 16 };
}

async function describingEntries(bytes: Uint8Array): Promise<readonly PlannedEntry[]> {
  const { icc, xmp, exif } = readJpeg2000Boxes(bytes);
  const described = exif === undefined ? [] : ((await readExifEntries(memorySource(exif))) ?? []);
  const isNew = ({ tag }: PlannedEntry): boolean => !described.some((entry) => entry.tag === tag);
  const blocks: PlannedEntry[] = [];
  if (icc !== undefined) blocks.push(bytesEntry(tags.iccProfile, 7, icc));
  if (xmp !== undefined) blocks.push(bytesEntry(700, 1, xmp));
  return [...described, ...blocks.filter(isNew)];
}

function damaged(file: string, detail: string): IngestError {
  return new IngestError("damaged", `${file} is damaged: ${detail}. Replace it with an intact copy.`);
}
