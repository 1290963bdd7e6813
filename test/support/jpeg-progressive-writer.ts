import { standardHuffmanTables } from "../../src/codec/jpeg/standard-tables.ts";
import { buildCodeBook, transformForward, zigzagOrder } from "./jpeg-blocks.ts";
import { categoryOf, listBlocks, segmentOf, stuffed, valueBits, type WrittenJpeg, wordOf } from "./jpeg-writer.ts";

/** One scan of a progressive stream: which components, from which zigzag index to which, and which bits. */
export interface WrittenScan {
  readonly members: readonly number[];
  readonly first: number;
  readonly last: number;
  /** The lowest bit that earlier scans sent; absent when this is the first. */
  readonly highestBit?: number;
  readonly lowestBit: number;
}

/** 255 codes of 8 bits and one of 9: any symbol may come. */
const flatCounts = [0, 0, 0, 0, 0, 0, 0, 255, 1, 0, 0, 0, 0, 0, 0, 0];
const flatSymbols = Array.from({ length: 256 }, (_, symbol) => symbol);
const acCodes = codesOf(flatCounts, flatSymbols);
const dcTable = standardHuffmanTables.subarray(0, 29);
const dcCodes = codesOf(dcTable.subarray(1, 17), dcTable.subarray(17));

function codesOf(counts: ArrayLike<number>, symbols: ArrayLike<number>): Map<number, string> {
  return new Map([...buildCodeBook(counts, symbols)].map(([code, symbol]) => [symbol, code]));
}

/** Returns scans as libjpeg's: the bits of DC in two, those of AC in bands and three, of every component. */
function usualScans(count: number): WrittenScan[] {
  const members = Array.from({ length: count }, (_, index) => index);
  const each = (scan: Omit<WrittenScan, "members">) => members.map((member) => ({ ...scan, members: [member] }));
  return [
    { members, first: 0, last: 0, lowestBit: 1 },
    ...each({ first: 1, last: 5, lowestBit: 2 }),
    ...each({ first: 6, last: 63, lowestBit: 2 }),
    ...each({ first: 1, last: 63, highestBit: 2, lowestBit: 1 }),
    { members, first: 0, last: 0, highestBit: 1, lowestBit: 0 },
    ...each({ first: 1, last: 63, highestBit: 1, lowestBit: 0 }),
  ];
}

/** Writes a progressive JPEG block by block as the standard says. Source: ITU-T T.81 G. */
export function writeProgressiveJpeg(
  jpeg: WrittenJpeg,
  scans: readonly WrittenScan[] = usualScans(jpeg.components.length),
): Uint8Array<ArrayBuffer> {
  const { width, height, components, step = 8, restartInterval = 0 } = jpeg;
  const entries = components.flatMap((item, index) => [index + 1, (item.horizontal << 4) | item.vertical, 0]);
  const bytes = [0xff, 0xd8, ...(jpeg.segments ?? []).flat()];
  bytes.push(...segmentOf(0xdb, [0, ...Array(64).fill(step)]));
  bytes.push(...segmentOf(0xc4, [...dcTable, 0x10, ...flatCounts, ...flatSymbols]));
  if (restartInterval > 0) bytes.push(...segmentOf(0xdd, wordOf(restartInterval)));
  bytes.push(...segmentOf(0xc2, [8, ...wordOf(height), ...wordOf(width), components.length, ...entries]));
  const levels = components.map(() => new Map<string, number[]>());
  const levelsOf = (component: number, column: number, row: number): number[] => {
    const place = `${column},${row}`;
    const found = levels[component]!.get(place);
    if (found !== undefined) return found;
    const samples = Array.from({ length: 64 }, (_, at) => {
      return components[component]!.sampleAt(8 * column + (at & 7), 8 * row + (at >> 3)) - 128;
    });
    const coefficients = transformForward(samples);
    const made = zigzagOrder.map((at) => Math.round(coefficients[at]! / step));
    levels[component]!.set(place, made);
    return made;
  };
  for (const scan of scans) {
    const { members, first, last, highestBit = 0, lowestBit } = scan;
    const selectors = members.flatMap((index) => [index + 1, 0]);
    bytes.push(...segmentOf(0xda, [members.length, ...selectors, first, last, (highestBit << 4) | lowestBit]));
    let coder = new ScanCoder(scan);
    for (const [index, unit] of listBlocks(jpeg, members).entries()) {
      if (restartInterval > 0 && index > 0 && index % restartInterval === 0) {
        bytes.push(...coder.finish(), 0xff, 0xd0 + ((index / restartInterval - 1) & 7));
        coder = new ScanCoder(scan);
      }
      for (const { component, column, row } of unit) coder.write(component, levelsOf(component, column, row));
    }
    bytes.push(...coder.finish());
  }
  return Uint8Array.from([...bytes, 0xff, 0xd9]);
}

/** Codes the blocks of one restart interval of a scan. */
class ScanCoder {
  readonly #scan: WrittenScan;
  readonly #predictions = new Map<number, number>();
  #bits: string[] = [];
  /** Blocks whose band has ended, and the correction bits of what they have already. */
  #endRun = 0;
  #endBits = "";

  constructor(scan: WrittenScan) {
    this.#scan = scan;
  }

  write(component: number, levels: readonly number[]): void {
    const { first, highestBit, lowestBit } = this.#scan;
    if (first > 0) {
      this.#writeBand(levels.map((level) => Math.sign(level) * (Math.abs(level) >> lowestBit)));
      return;
    }
    const value = levels[0]! >> lowestBit;
    if (highestBit !== undefined) {
      this.#bits.push(String(value & 1));
      return;
    }
    const difference = value - (this.#predictions.get(component) ?? 0);
    this.#predictions.set(component, value);
    this.#bits.push(dcCodes.get(categoryOf(difference))!, valueBits(difference));
  }

  finish(): number[] {
    this.#flushEnd();
    return stuffed(this.#bits.join(""));
  }

  #writeBand(values: readonly number[]): void {
    const { first, last, highestBit } = this.#scan;
    const isNew = (value: number) => (highestBit === undefined ? value !== 0 : Math.abs(value) === 1);
    const lastNew = values.findLastIndex((value, index) => index >= first && index <= last && isNew(value));
    let run = 0;
    let corrections = "";
    for (let index = first; index <= last; index += 1) {
      const value = values[index]!;
      if (value !== 0 && !isNew(value)) {
        // A run of 16 zeros ends where the next zero would come, so what stands between is corrected first.
        corrections += String(Math.abs(value) & 1);
        continue;
      }
      if (value === 0) {
        run += 1;
        if (run === 16 && index < lastNew) {
          this.#writeSymbol(0xf0, corrections);
          [run, corrections] = [0, ""];
        }
        continue;
      }
      this.#writeSymbol((run << 4) | categoryOf(value), valueBits(value) + corrections);
      [run, corrections] = [0, ""];
    }
    if (lastNew < last) {
      this.#endRun += 1;
      this.#endBits += corrections;
      if (this.#endRun === 0x7fff) this.#flushEnd();
    }
  }

  #writeSymbol(symbol: number, bits: string): void {
    this.#flushEnd();
    this.#bits.push(acCodes.get(symbol)!, bits);
  }

  #flushEnd(): void {
    if (this.#endRun === 0) return;
    const category = 31 - Math.clz32(this.#endRun);
    const rest = this.#endRun.toString(2).slice(1);
    this.#bits.push(acCodes.get(category << 4)!, rest, this.#endBits);
    [this.#endRun, this.#endBits] = [0, ""];
  }
}
