import { type Band, type Interval, readBand, readBlock } from "./jpeg-bands.ts";
import { buildCodeBook, type CodeBook, transformBackward, zigzagOrder } from "./jpeg-blocks.ts";
import { listBlocks } from "./jpeg-writer.ts";
import { makeSamples, type Samples } from "./planes.ts";

interface Component {
  readonly identifier: number;
  readonly horizontal: number;
  readonly vertical: number;
  readonly steps: number;
  /** Quantised coefficients of each block in zigzag order, by `column,row`. */
  readonly blocks: Map<string, number[]>;
}

/**
 * Decodes a valid sequential or progressive JPEG stream the slow way, with the exact inverse transform, into one picture
 * a component. Throws when it meets no code. Source: ITU-T T.81.
 */
export function decodeTwin(jpeg: Uint8Array): Samples[] {
  const steps: number[][] = [];
  const books = new Map<number, CodeBook>();
  let components: Component[] = [];
  let [width, height, restartInterval, isProgressive] = [0, 0, 0, false];
  let at = 2;
  while (jpeg[at + 1] !== 0xd9) {
    const marker = jpeg[at + 1]!;
    const end = at + 2 + wordAt(jpeg, at + 2);
    const body = jpeg.subarray(at + 4, end);
    at = end;
    if (marker === 0xdb) readSteps(body, steps);
    else if (marker === 0xc4) readBooks(body, books);
    else if (marker === 0xdd) restartInterval = wordAt(body, 0);
    else if (marker >= 0xc0 && marker <= 0xc2) {
      isProgressive = marker === 0xc2;
      [height, width] = [wordAt(body, 1), wordAt(body, 3)];
      components = Array.from({ length: body[5]! }, (_, index) => {
        const [identifier, sampling, table] = body.subarray(6 + 3 * index);
        return {
          identifier: identifier!,
          horizontal: sampling! >> 4,
          vertical: sampling! & 15,
          steps: table!,
          blocks: new Map(),
        };
      });
    } else if (marker === 0xda) {
      const members = Array.from({ length: body[0]! }, (_, index) => {
        const [identifier, tables] = body.subarray(1 + 2 * index);
        return { index: components.findIndex((item) => item.identifier === identifier), tables: tables! };
      });
      const [first, last, bits] = body.subarray(1 + 2 * body[0]!);
      const band: Band = { first: first!, last: last!, isRefinement: bits! >> 4 > 0, lowestBit: bits! & 15 };
      const stream = readEntropyCoded(jpeg, at);
      at = stream.end;
      const units = listBlocks(
        { width, height, components: components.map((item) => ({ ...item, sampleAt: () => 0 })) },
        members.map((member) => member.index),
      );
      for (const [index, unit] of units.entries()) {
        const interval = restartInterval === 0 ? 0 : Math.floor(index / restartInterval);
        const bits = stream.intervals[interval]!;
        for (const { component, column, row } of unit) {
          const { tables } = members.find((member) => member.index === component)!;
          const { blocks } = components[component]!;
          const place = `${column},${row}`;
          const levels = blocks.get(place) ?? new Array<number>(64).fill(0);
          blocks.set(place, levels);
          const coding = { component, dc: books.get(tables >> 4), ac: books.get(16 | (tables & 15)) };
          if (isProgressive) readBand(bits, levels, { ...coding, ...band });
          else readBlock(bits, levels, coding);
        }
      }
    }
  }
  const horizontalMaximum = Math.max(...components.map((item) => item.horizontal));
  const verticalMaximum = Math.max(...components.map((item) => item.vertical));
  return components.map((item) => {
    const samples = new Map([...item.blocks].map(([place, levels]) => [place, samplesOf(levels, steps[item.steps]!)]));
    return makeSamples(
      Math.ceil((width * item.horizontal) / horizontalMaximum),
      Math.ceil((height * item.vertical) / verticalMaximum),
      (x, y) => {
        const value = samples.get(`${x >> 3},${y >> 3}`)![8 * (y & 7) + (x & 7)]! + 128;
        return Math.min(Math.max(Math.round(value), 0), 255);
      },
    );
  });
}

function samplesOf(levels: readonly number[], steps: readonly number[]): number[] {
  const coefficients = new Array<number>(64).fill(0);
  for (const [zigzag, place] of zigzagOrder.entries()) coefficients[place] = levels[zigzag]! * steps[zigzag]!;
  return transformBackward(coefficients);
}

function readEntropyCoded(jpeg: Uint8Array, start: number): { readonly intervals: Interval[]; readonly end: number } {
  const intervals: Interval[] = [];
  let digits: string[] = [];
  for (let at = start; ; at += 1) {
    const byte = jpeg[at]!;
    if (byte === 0xff && jpeg[at + 1] !== 0) {
      intervals.push({ bits: digits.join(""), at: 0, predictions: new Map(), endOfBandRun: 0 });
      digits = [];
      if ((jpeg[at + 1]! & 0xf8) !== 0xd0) return { intervals, end: at };
      at += 1;
      continue;
    }
    digits.push(byte.toString(2).padStart(8, "0"));
    if (byte === 0xff) at += 1;
  }
}

function readSteps(body: Uint8Array, steps: number[][]): void {
  for (let at = 0; at < body.length; ) {
    const head = body[at]!;
    const width = 1 + (head >> 4);
    steps[head & 15] = Array.from({ length: 64 }, (_, index) => {
      return width === 2 ? wordAt(body, at + 1 + 2 * index) : body[at + 1 + index]!;
    });
    at += 1 + 64 * width;
  }
}

function readBooks(body: Uint8Array, books: Map<number, CodeBook>): void {
  for (let at = 0; at < body.length; ) {
    const counts = body.subarray(at + 1, at + 17);
    books.set(body[at]!, buildCodeBook(counts, body.subarray(at + 17)));
    at += 17 + counts.reduce((sum, count) => sum + count, 0);
  }
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}
