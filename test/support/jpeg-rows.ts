import type { JpegCheckpoint } from "../../src/codec/jpeg/checkpoint.ts";
import { openJpegRows } from "../../src/codec/jpeg/row-reader.ts";
import { readJpegRowsHead } from "../../src/codec/jpeg/rows-head.ts";
import type { MissingRows } from "../../src/codec/missing-rows.ts";
import type { Kernel } from "../../src/raster/kernel.ts";
import type { Plane } from "../../src/raster/raster.ts";
import type { ByteSource } from "../../src/source/byte-source.ts";
import { memorySource } from "../../src/source/memory.ts";
import type { Decoded } from "./jpeg-decoding.ts";
import { allocateGuarded, readPlane } from "./planes.ts";

/** How a file is decoded by rows. */
export interface RowsDecoding {
  readonly reduction?: 1 | 2 | 4 | 8;
  readonly columns?: { readonly x: number; readonly width: number };
  /** How many bytes are read at a time, anew for each reader. */
  readonly readBytes?: () => number;
  /** How many rows of MCUs are decoded at a time. */
  readonly steps?: () => number;
  /** Whether decoding is stopped here, and another reader goes on from the checkpoint. */
  readonly stops?: () => boolean;
  readonly source?: ByteSource;
}

/** Decodes a file by rows into planes as large as its frame says, amid guard bytes. Throws what the reader throws. */
export async function decodeRowsGuarded(
  kernel: Kernel,
  bytes: Uint8Array,
  decoding: RowsDecoding = {},
): Promise<Decoded & { readonly parts: readonly (MissingRows | undefined)[] }> {
  const { reduction = 1, columns, readBytes = () => 1 << 16, steps = () => 1, stops = () => false } = decoding;
  const { source = memorySource(bytes) } = decoding;
  const read = await readJpegRowsHead(source);
  // A first read would hold most of these files.
  const head = { ...read, held: { ...read.held, bytes: read.held.bytes.subarray(0, readBytes() % 50) } };
  const { width, height, components } = head.header;
  const across = Math.max(...components.map((item) => item.horizontal));
  const down = Math.max(...components.map((item) => item.vertical));
  const mark = kernel.mark();
  const sampled = components.map(({ horizontal, vertical }) => ({ x: across / horizontal, y: down / vertical }));
  const guarded = sampled.map(({ x, y }) =>
    allocateGuarded(kernel, Math.ceil(Math.ceil(width / x) / reduction), Math.ceil(Math.ceil(height / y) / reduction)),
  );
  const planes = guarded.map((item) => item.plane);
  const from = (row: number): Plane[] =>
    planes.map((plane, index) => {
      const above = row / (sampled[index]!.y * reduction);
      return { ...plane, pointer: plane.pointer + above * plane.stride, height: plane.height - above };
    });
  const parts: (MissingRows | undefined)[] = [];
  let checkpoint: JpegCheckpoint | undefined;
  for (let row = 0; row < height; ) {
    const readerMark = kernel.mark();
    const reader = openJpegRows(kernel, { source, head, reduction, columns, from: checkpoint, readBytes: readBytes() });
    do {
      const rows = Math.min(steps() * reader.mcuHeight, height - row);
      parts.push(await reader.next(from(row), rows));
      row += rows;
    } while (row < height && !stops());
    checkpoint = JSON.parse(JSON.stringify(reader.checkpoint()));
    kernel.release(readerMark);
  }
  const decoded = {
    samples: planes.map((plane) => readPlane(kernel, plane)),
    changedGuards: guarded.reduce((sum, item) => sum + item.countChangedGuards(), 0),
    missing: joinParts(parts, height),
    parts,
  };
  kernel.release(mark);
  return decoded;
}

/** Adds up what parts lack, as the whole would be told of. */
function joinParts(parts: readonly (MissingRows | undefined)[], asked: number): MissingRows | undefined {
  const found = parts.filter((part) => part !== undefined);
  const [first] = found;
  if (first === undefined) return undefined;
  const sum = (of: (part: MissingRows) => number): number => found.reduce((total, part) => total + of(part), 0);
  return { first: first.first, count: sum((part) => part.count), lost: sum((part) => part.lost), asked };
}
