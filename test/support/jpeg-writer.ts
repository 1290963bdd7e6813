import { standardHuffmanTables } from "../../src/codec/jpeg/standard-tables.ts";
import { buildCodeBook, transformForward, zigzagOrder } from "./jpeg-blocks.ts";

/** One component to be written: its sampling factors and what it shows, at its own resolution. */
export interface WrittenComponent {
  readonly horizontal: number;
  readonly vertical: number;
  readonly sampleAt: (x: number, y: number) => number;
}

/** A JPEG stream with the oddity that a test is about. */
export interface WrittenJpeg {
  readonly width: number;
  readonly height: number;
  readonly components: readonly WrittenComponent[];
  /** The one step of all coefficients, 1 to 65535; above 255 the table has two bytes a step. */
  readonly step?: number;
  /** MCUs between restart markers. */
  readonly restartInterval?: number;
  /** Whether each component has a scan of its own. */
  readonly isSeparate?: boolean;
  /** Replaces the SOF0 marker's second byte. */
  readonly frameMarker?: number;
  /** Replaces the 8 bits a sample. */
  readonly precision?: number;
  /** Segments before the frame. */
  readonly segments?: readonly (readonly number[])[];
}

/**
 * Writes a sequential JPEG with the standard Huffman tables of luma for all components, block by block as the standard
 * says. Samples beyond a component's edge are asked for like others. Source: ITU-T T.81.
 */
export function writeJpeg(jpeg: WrittenJpeg): Uint8Array<ArrayBuffer> {
  const { width, height, components, step = 8, restartInterval = 0, isSeparate = false } = jpeg;
  const isWide = step > 255;
  const entries = components.flatMap((item, index) => [index + 1, (item.horizontal << 4) | item.vertical, 0]);
  const steps = Array.from({ length: 64 }, () => (isWide ? [step >> 8, step & 255] : [step])).flat();
  const bytes = [0xff, 0xd8];
  for (const segment of jpeg.segments ?? []) bytes.push(...segment);
  bytes.push(...segmentOf(0xdb, [isWide ? 0x10 : 0, ...steps]));
  bytes.push(...segmentOf(0xc4, standardHuffmanTables.subarray(0, 17 + 12 + 17 + 162)));
  if (restartInterval > 0) bytes.push(...segmentOf(0xdd, wordOf(restartInterval)));
  const frame = [jpeg.precision ?? 8, ...wordOf(height), ...wordOf(width), components.length, ...entries];
  bytes.push(...segmentOf(jpeg.frameMarker ?? 0xc0, frame));
  const scans = isSeparate ? components.map((_, index) => [index]) : [components.map((_, index) => index)];
  for (const members of scans) {
    bytes.push(...segmentOf(0xda, [members.length, ...members.flatMap((index) => [index + 1, 0]), 0, 63, 0]));
    bytes.push(...writeScan(jpeg, members, step, restartInterval));
  }
  return Uint8Array.from([...bytes, 0xff, 0xd9]);
}

/** Returns a marker segment with its length. */
export function segmentOf(marker: number, parameters: ArrayLike<number>): number[] {
  return [0xff, marker, ...wordOf(parameters.length + 2), ...Array.from(parameters)];
}

export function wordOf(value: number): number[] {
  return [value >> 8, value & 255];
}

/** Lists the blocks of a scan in its order, grouped by MCU. Source: ITU-T T.81 A.2. */
export function listBlocks(
  frame: Pick<WrittenJpeg, "width" | "height" | "components">,
  members: readonly number[],
): { readonly component: number; readonly column: number; readonly row: number }[][] {
  const horizontalMaximum = Math.max(...frame.components.map((item) => item.horizontal));
  const verticalMaximum = Math.max(...frame.components.map((item) => item.vertical));
  const isAlone = members.length === 1;
  const first = frame.components[members[0]!]!;
  const unitWidth = isAlone ? (8 * horizontalMaximum) / first.horizontal : 8 * horizontalMaximum;
  const unitHeight = isAlone ? (8 * verticalMaximum) / first.vertical : 8 * verticalMaximum;
  const units = [];
  for (let row = 0; row < Math.ceil(frame.height / unitHeight); row += 1) {
    for (let column = 0; column < Math.ceil(frame.width / unitWidth); column += 1) {
      const blocks = [];
      for (const component of members) {
        const across = isAlone ? 1 : frame.components[component]!.horizontal;
        const down = isAlone ? 1 : frame.components[component]!.vertical;
        for (let index = 0; index < across * down; index += 1) {
          const x = index % across;
          blocks.push({ component, column: column * across + x, row: row * down + (index - x) / across });
        }
      }
      units.push(blocks);
    }
  }
  return units;
}

function writeScan(jpeg: WrittenJpeg, members: readonly number[], step: number, restartInterval: number): number[] {
  const codes = [...standardCodes];
  const bytes: number[] = [];
  let bits = "";
  let predictions = new Map<number, number>();
  const units = listBlocks(jpeg, members);
  for (const [index, blocks] of units.entries()) {
    if (restartInterval > 0 && index > 0 && index % restartInterval === 0) {
      bytes.push(...stuffed(bits), 0xff, 0xd0 + ((index / restartInterval - 1) & 7));
      bits = "";
      predictions = new Map();
    }
    for (const { component, column, row } of blocks) {
      const samples = Array.from({ length: 64 }, (_, place) => {
        return jpeg.components[component]!.sampleAt(8 * column + (place & 7), 8 * row + (place >> 3)) - 128;
      });
      const coefficients = transformForward(samples).map((value) => Math.round(value / step));
      bits += blockBits(coefficients, predictions.get(component) ?? 0, codes);
      predictions.set(component, coefficients[0]!);
    }
  }
  return [...bytes, ...stuffed(bits)];
}

const standardCodes = [0, 29].map((start) => {
  const counts = standardHuffmanTables.subarray(start + 1, start + 17);
  const book = buildCodeBook(counts, standardHuffmanTables.subarray(start + 17));
  return new Map([...book].map(([code, symbol]) => [symbol, code]));
});

/** Source: ITU-T T.81 F.1.2. */
function blockBits(coefficients: readonly number[], prediction: number, codes: readonly Map<number, string>[]): string {
  const difference = coefficients[0]! - prediction;
  let bits = codes[0]!.get(categoryOf(difference))! + valueBits(difference);
  let run = 0;
  for (const place of zigzagOrder.slice(1)) {
    const value = coefficients[place]!;
    if (value === 0) {
      run += 1;
      continue;
    }
    for (; run > 15; run -= 16) bits += codes[1]!.get(0xf0)!;
    bits += codes[1]!.get((run << 4) | categoryOf(value))! + valueBits(value);
    run = 0;
  }
  return run > 0 ? bits + codes[1]!.get(0)! : bits;
}

export function categoryOf(value: number): number {
  return 32 - Math.clz32(Math.abs(value));
}

export function valueBits(value: number): string {
  const category = categoryOf(value);
  const bits = value < 0 ? value + 2 ** category - 1 : value;
  return category === 0 ? "" : bits.toString(2).padStart(category, "0");
}

export function stuffed(bits: string): number[] {
  const padded = bits.padEnd(Math.ceil(bits.length / 8) * 8, "1");
  const bytes: number[] = [];
  for (let at = 0; at < padded.length; at += 8) {
    const byte = Number.parseInt(padded.slice(at, at + 8), 2);
    bytes.push(byte);
    if (byte === 0xff) bytes.push(0);
  }
  return bytes;
}
