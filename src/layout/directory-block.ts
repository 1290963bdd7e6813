import { tags } from "../tiff/tags.ts";
import { fieldTypes, type PlannedEntry, type PlannedValue } from "./planned-entry.ts";

/** How the numbers of a file are encoded. */
export interface FileForm {
  readonly isLittleEndian: boolean;
  readonly isBigTiff: boolean;
}

/** A run of bytes that will get a place in the file. */
export interface Block {
  readonly bytes: Uint8Array;
  readonly rank: BlockRank;
}

/** 0: needed to open a file; 1: the profile, which drawing may need; 2: only read by people and other programs. */
export type BlockRank = 0 | 1 | 2;

/** Where each block is, in bytes from the start of the file. */
export type Placement = ReadonlyMap<Block, number>;

/** A directory as blocks: its own, then its values that do not fit in it and the directories it points to. */
export interface DirectoryBlocks {
  readonly directory: Block;
  readonly values: readonly Block[];
  /** Writes the places of the values, and of the next directory (0 for none), into the directory. */
  readonly link: (placement: Placement, next: number) => void;
}

/** A value with more bytes is content, not structure. */
const maxStructureBytes = 64;

const structureTags: readonly number[] = [tags.tileOffsets, tags.tileByteCounts, tags.jpegTables];
const stripArrays: readonly number[] = [tags.stripOffsets, tags.stripByteCounts];

/** Returns a directory of `entries` as blocks, sorted by tag. */
export function buildDirectory(entries: readonly PlannedEntry[], form: FileForm, rank: BlockRank = 0): DirectoryBlocks {
  const sorted = [...entries].sort((a, b) => a.tag - b.tag);
  const { countBytes, entryBytes, pointerBytes } = widths(form);
  const bytes = new Uint8Array(countBytes + sorted.length * entryBytes + pointerBytes);
  const view = new DataView(bytes.buffer);
  const writePointer = (at: number, value: number): void => {
    if (form.isBigTiff) view.setBigUint64(at, BigInt(value), form.isLittleEndian);
    else view.setUint32(at, value, form.isLittleEndian);
  };
  if (form.isBigTiff) writePointer(0, sorted.length);
  else view.setUint16(0, sorted.length, form.isLittleEndian);
  const values: Block[] = [];
  const links: { readonly at: number; readonly block: Block }[] = [];
  const nested: DirectoryBlocks[] = [];
  for (const [index, entry] of sorted.entries()) {
    const at = countBytes + index * entryBytes;
    const valueAt = at + 4 + pointerBytes;
    const isDirectory = "entries" in entry;
    view.setUint16(at, entry.tag, form.isLittleEndian);
    view.setUint16(at + 2, isDirectory ? pointerType(form) : entry.type, form.isLittleEndian);
    writePointer(at + 4, isDirectory ? 1 : entry.count);
    if (isDirectory) {
      const blocks = buildDirectory(entry.entries, form, 2);
      nested.push(blocks);
      values.push(blocks.directory, ...blocks.values);
      links.push({ at: valueAt, block: blocks.directory });
    } else if (entry.value.byteLength <= pointerBytes) {
      bytes.set(entry.value, valueAt);
    } else {
      const block = { bytes: entry.value, rank: rankOf(entry, rank) };
      values.push(block);
      links.push({ at: valueAt, block });
    }
  }
  return {
    directory: { bytes, rank },
    values,
    link(placement, next) {
      for (const { at, block } of links) writePointer(at, placement.get(block) ?? 0);
      for (const blocks of nested) blocks.link(placement, 0);
      writePointer(bytes.byteLength - pointerBytes, next);
    },
  };
}

function widths({ isBigTiff }: FileForm): {
  readonly countBytes: number;
  readonly entryBytes: number;
  readonly pointerBytes: number;
} {
  return isBigTiff
    ? { countBytes: 8, entryBytes: 20, pointerBytes: 8 }
    : { countBytes: 2, entryBytes: 12, pointerBytes: 4 };
}

function pointerType({ isBigTiff }: FileForm): number {
  return isBigTiff ? fieldTypes.long8 : fieldTypes.long;
}

function rankOf({ tag, value }: PlannedValue, rank: BlockRank): BlockRank {
  if (rank !== 0) return rank;
  const isStructure = structureTags.includes(tag) || stripArrays.includes(tag) || value.byteLength <= maxStructureBytes;
  if (isStructure) return 0;
  return tag === tags.iccProfile ? 1 : 2;
}
