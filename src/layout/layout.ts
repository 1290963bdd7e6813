import { tags } from "../tiff/tags.ts";
import { type Chunks, placeChunks } from "./chunk-places.ts";
import { type Block, buildDirectory, type DirectoryBlocks, type FileForm, type Placement } from "./directory-block.ts";
import { fieldTypes, numbersEntry, type PlannedEntry, type PlannedValue } from "./planned-entry.ts";

/** A directory to write, with the tiles or strips that it will point to, which are now in another file. */
export interface PlannedLevel {
  /** All entries except the two arrays. */
  readonly entries: readonly PlannedEntry[];
  readonly arrays: "tiles" | "strips";
  readonly chunks: Chunks;
}

/** A planned file: `head`, then the tiles in the order of `copies`, then `tail`. */
export interface MasterLayout {
  readonly head: Uint8Array;
  readonly copies: Chunks;
  readonly tail: Uint8Array;
  /** Size of the whole file, in bytes. */
  readonly size: number;
  readonly isBigTiff: boolean;
}

/** The first read of the service for a master that it does not know yet. */
export const firstReadBytes = 32_768;

/** The largest offset in a classic TIFF. */
const maxClassicBytes = 2 ** 32 - 1;

/** Types from here on only exist in BigTIFF. */
const firstBigType = 16;

/**
 * Plans the layout of a file. First come the header, all directories, their small values and arrays, smallest first,
 * the profile, and as much of the rest as fits in the first 32 KB; then the tiles, smallest level first, each level row
 * by row; last what did not fit. Levels are given from the full image down. A tile that several places share is stored
 * once. The file is a BigTIFF only if it has to be.
 */
export function planLayout(levels: readonly PlannedLevel[], isLittleEndian: boolean): MasterLayout {
  const isBig = levels.some(({ entries }) => entries.some((entry) => "type" in entry && entry.type >= firstBigType));
  const classic = isBig ? undefined : layOut(levels, { isLittleEndian, isBigTiff: false });
  if (classic !== undefined && classic.size <= maxClassicBytes) return classic;
  return layOut(levels, { isLittleEndian, isBigTiff: true });
}

function layOut(levels: readonly PlannedLevel[], form: FileForm): MasterLayout {
  const chunks = levels.map((level) => level.chunks);
  // The length of an offset array, and so its place, is known before its numbers: they follow from the places.
  const unknown = chunks.map(({ offsets }) => new Float64Array(offsets.length));
  const { front } = placeBlocks(buildDirectories(levels, unknown, form), form);
  const places = placeChunks(chunks, front.end);
  const directories = buildDirectories(levels, places.offsets, form);
  const placed = placeBlocks(directories, form, places.end);
  for (const [index, { link }] of directories.entries())
    link(placed.placement, placeOf(placed, directories[index + 1]));
  const head = assemble(placed.front, 0);
  head.set(header(placeOf(placed, directories[0]), form));
  const tail = assemble(placed.back, places.end);
  const size = Math.max(places.end, placed.back.end);
  return { head, copies: places.order, tail, size, isBigTiff: form.isBigTiff };
}

function buildDirectories(
  levels: readonly PlannedLevel[],
  offsets: readonly Float64Array[],
  form: FileForm,
): readonly DirectoryBlocks[] {
  return levels.map((level, index) => {
    const arrays = arraysOf(level, offsets[index] ?? level.chunks.offsets, form);
    return buildDirectory([...level.entries, ...arrays], form);
  });
}

function arraysOf({ arrays, chunks }: PlannedLevel, offsets: Float64Array, form: FileForm): readonly PlannedValue[] {
  const isTiled = arrays === "tiles";
  const { isLittleEndian } = form;
  const isShort = chunks.byteCounts.every((length) => length <= 0xffff);
  const offsetType = form.isBigTiff ? fieldTypes.long8 : fieldTypes.long;
  const countType = isShort ? fieldTypes.short : fieldTypes.long;
  const offsetTag = isTiled ? tags.tileOffsets : tags.stripOffsets;
  const countTag = isTiled ? tags.tileByteCounts : tags.stripByteCounts;
  return [
    numbersEntry({ tag: offsetTag, type: offsetType, isLittleEndian }, offsets),
    numbersEntry({ tag: countTag, type: countType, isLittleEndian }, chunks.byteCounts),
  ];
}

/** Consecutive blocks, and where the last one ends, in bytes from the start of the file. */
interface Run {
  readonly blocks: readonly { readonly block: Block; readonly at: number }[];
  readonly end: number;
}

interface PlacedBlocks {
  readonly placement: Placement;
  readonly front: Run;
  /** What did not fit in the head, from `tailFrom`. */
  readonly back: Run;
}

function placeBlocks(directories: readonly DirectoryBlocks[], form: FileForm, tailFrom = 0): PlacedBlocks {
  const bySize = (a: Block, b: Block): number => a.rank - b.rank || a.bytes.byteLength - b.bytes.byteLength;
  const values = directories.flatMap((blocks) => blocks.values).sort(bySize);
  let end = headerBytes(form);
  const inFront: Block[] = [];
  for (const block of [...directories.map(({ directory }) => directory), ...values]) {
    if (block.rank === 2 && end + block.bytes.byteLength > firstReadBytes) continue;
    inFront.push(block);
    end += evenLength(block);
  }
  const front = lineUp(inFront, headerBytes(form));
  const back = lineUp(
    values.filter((block) => !inFront.includes(block)),
    tailFrom,
  );
  const placement = new Map([...front.blocks, ...back.blocks].map(({ block, at }) => [block, at]));
  return { placement, front, back };
}

/** Values and directories begin on even bytes. Source: TIFF 6.0 §2. */
function lineUp(blocks: readonly Block[], start: number): Run {
  let end = start + (start % 2);
  const placed = blocks.map((block) => {
    const at = end;
    end += evenLength(block);
    return { block, at };
  });
  return blocks.length === 0 ? { blocks: [], end: start } : { blocks: placed, end };
}

function evenLength({ bytes }: Block): number {
  return bytes.byteLength + (bytes.byteLength % 2);
}

function placeOf({ placement }: PlacedBlocks, blocks: DirectoryBlocks | undefined): number {
  return blocks === undefined ? 0 : (placement.get(blocks.directory) ?? 0);
}

function assemble({ blocks, end }: Run, start: number): Uint8Array {
  const bytes = new Uint8Array(end - start);
  for (const { block, at } of blocks) bytes.set(block.bytes, at - start);
  return bytes;
}

function headerBytes({ isBigTiff }: FileForm): number {
  return isBigTiff ? 16 : 8;
}

/** Source: TIFF 6.0 §2; the BigTIFF design. */
function header(firstDirectory: number, form: FileForm): Uint8Array {
  const { isLittleEndian, isBigTiff } = form;
  const view = new DataView(new ArrayBuffer(headerBytes(form)));
  view.setUint16(0, isLittleEndian ? 0x4949 : 0x4d4d);
  view.setUint16(2, isBigTiff ? 43 : 42, isLittleEndian);
  if (isBigTiff) {
    view.setUint16(4, 8, isLittleEndian);
    view.setBigUint64(8, BigInt(firstDirectory), isLittleEndian);
  } else view.setUint32(4, firstDirectory, isLittleEndian);
  return new Uint8Array(view.buffer);
}
