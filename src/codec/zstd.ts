import { zstdDecompressSync } from "node:zlib";
import { concatenate } from "../bytes.ts";
import { ImageError } from "../error.ts";

/** The content of a frame header. */
interface ZstdFrame {
  /** Where the first block starts. */
  readonly blocks: number;
  /** How far back the frame may refer, in bytes. */
  readonly windowBytes: number;
  /** The size of the frame's content in bytes, if it says so. */
  readonly contentBytes: number | undefined;
}

const magic = 0xfd2fb528;

/** The largest content of one block. Source: RFC 8878, 3.1.1.2.4. */
const blockBytes = 128 << 10;

/**
 * Decompresses the first frame of `bytes` and returns its first `byteLength` bytes, or fewer if it holds fewer or is cut
 * off: then those of its whole blocks, which are of up to 128 KiB. Takes about five times `byteLength` of memory, whatever
 * window or content size the frame claims: its header is replaced by one with a window no larger than the output may be,
 * and no checksum, which is not looked at. Throws `source-malformed`, also for a frame that holds more than twice
 * `byteLength`, and `source-unsupported` for one that needs a dictionary. Source: RFC 8878.
 */
export function inflateZstd(bytes: Uint8Array, byteLength: number): Uint8Array {
  const frame = readFrame(bytes);
  // Some writers pad the last tile or strip, so a frame may hold more than is needed.
  const limitBytes = 2 * byteLength + blockBytes;
  if (frame.contentBytes !== undefined && frame.contentBytes > limitBytes) {
    throw damaged(`a frame of ${frame.contentBytes} bytes instead of ${byteLength}`);
  }
  const header = formatHeader(Math.min(frame.windowBytes, limitBytes));
  const { last, end, isLast } = findLastBlock(bytes, frame);
  const whole = concatenate([header, bytes.subarray(frame.blocks, end)]);
  if (!isLast) whole[header.byteLength + last - frame.blocks]! |= 1;
  try {
    // One chunk is large enough for everything, so nothing has to be joined.
    const inflated = zstdDecompressSync(whole, { chunkSize: byteLength + 64, maxOutputLength: limitBytes });
    return new Uint8Array(inflated.buffer, inflated.byteOffset, Math.min(byteLength, inflated.byteLength));
  } catch (cause) {
    throw damaged("blocks", cause);
  }
}

/** Source: RFC 8878, 3.1.1.1. */
function readFrame(bytes: Uint8Array): ZstdFrame {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < 6 || view.getUint32(0, true) !== magic) throw damaged("no frame");
  const descriptor = view.getUint8(4);
  if (descriptor & 0x08) throw damaged("a reserved bit is set");
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]!;
  const contentSizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
  const dictionaryAt = isSingleSegment ? 5 : 6;
  const contentSizeAt = dictionaryAt + dictionaryBytes;
  const blocks = contentSizeAt + contentSizeBytes;
  if (blocks > bytes.byteLength) throw damaged("the header is cut off");
  if (bytes.subarray(dictionaryAt, contentSizeAt).some((byte) => byte !== 0)) {
    throw new ImageError(
      "source-unsupported",
      "The stored image is compressed with a ZSTD dictionary, which is not supported.",
    );
  }
  const contentBytes = readContentSize(view, contentSizeAt, contentSizeBytes);
  const windowByte = view.getUint8(5);
  const windowBase = 2 ** (10 + (windowByte >> 3));
  return {
    blocks,
    windowBytes: isSingleSegment ? contentBytes! : windowBase + (windowBase / 8) * (windowByte & 7),
    contentBytes,
  };
}

function readContentSize(view: DataView, at: number, byteLength: number): number | undefined {
  if (byteLength === 0) return undefined;
  if (byteLength === 1) return view.getUint8(at);
  if (byteLength === 2) return view.getUint16(at, true) + 256;
  return view.getUint32(at, true) + (byteLength === 8 ? view.getUint32(at + 4, true) * 2 ** 32 : 0);
}

/** Where the last block that is there begins and ends, and whether the frame says that it is the last. */
interface LastBlock {
  readonly last: number;
  readonly end: number;
  readonly isLast: boolean;
}

/** Walks the blocks, so that a frame that is cut off is decompressed as far as its blocks are whole. */
function findLastBlock(bytes: Uint8Array, { blocks }: ZstdFrame): LastBlock {
  let [last, end] = [-1, blocks];
  while (end + 3 <= bytes.byteLength) {
    const header = bytes[end]! | (bytes[end + 1]! << 8) | (bytes[end + 2]! << 16);
    const isRepeated = ((header >> 1) & 3) === 1;
    const next = end + 3 + (isRepeated ? 1 : header >> 3);
    if (next > bytes.byteLength) break;
    [last, end] = [end, next];
    if (header & 1) return { last, end, isLast: true };
  }
  if (last < 0) throw damaged("no block is whole");
  return { last, end, isLast: false };
}

/** Formats a header that states a window of at least `windowBytes` and of one block, no content size and no checksum. */
function formatHeader(windowBytes: number): Uint8Array {
  const exponent = Math.ceil(Math.log2(Math.max(windowBytes, blockBytes)));
  const header = new Uint8Array(6);
  new DataView(header.buffer).setUint32(0, magic, true);
  header.set([0, (exponent - 10) << 3], 4);
  return header;
}

function damaged(detail: string, cause?: unknown): ImageError {
  return new ImageError("source-malformed", "The stored image is damaged: its ZSTD data can't be decompressed.", {
    detail: `ZSTD: ${detail}`,
    cause,
  });
}
