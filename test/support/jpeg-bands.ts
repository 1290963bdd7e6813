import type { CodeBook } from "./jpeg-blocks.ts";

/** The bits of one restart interval, and what its blocks hand on. */
export interface Interval {
  readonly bits: string;
  at: number;
  readonly predictions: Map<number, number>;
  endOfBandRun: number;
}

/** The content of a progressive scan: from which zigzag index to which, and which bits. */
export interface Band {
  readonly first: number;
  readonly last: number;
  readonly isRefinement: boolean;
  readonly lowestBit: number;
}

/** Of which component a block is and by which tables it is coded. */
export interface BlockCoding {
  readonly component: number;
  readonly dc: CodeBook | undefined;
  readonly ac: CodeBook | undefined;
}

/** Reads a block of a sequential scan into `levels`, in zigzag order. Throws when it meets no code. Source: ITU-T T.81 F.2.2. */
export function readBlock(stream: Interval, levels: number[], { component, dc, ac }: BlockCoding): void {
  levels[0] = readPredicted(stream, component, dc);
  for (let zigzag = 1; zigzag < 64; zigzag += 1) {
    const symbol = readSymbol(stream, ac);
    if (symbol === 0) break;
    zigzag += symbol >> 4;
    levels[zigzag] = readValue(stream, symbol & 15);
  }
}

/**
 * Reads what a progressive scan has for a block into `levels`, which hold what earlier ones had. Throws when it meets no
 * code. Source: ITU-T T.81 G.1.2.
 */
export function readBand(stream: Interval, levels: number[], band: Band & BlockCoding): void {
  const unit = 2 ** band.lowestBit;
  if (band.first === 0) {
    if (band.isRefinement) levels[0]! += unit * readBits(stream, 1);
    else levels[0] = unit * readPredicted(stream, band.component, band.dc);
    return;
  }
  let zigzag = band.first;
  while (stream.endOfBandRun === 0 && zigzag <= band.last) {
    const symbol = readSymbol(stream, band.ac);
    const [run, category] = [symbol >> 4, symbol & 15];
    if (category === 0 && run < 15) {
      stream.endOfBandRun = 2 ** run + readBits(stream, run);
      break;
    }
    const value = unit * readValue(stream, category);
    for (let zeros = run; ; zigzag += 1) {
      if (band.isRefinement && levels[zigzag] !== 0) refine(stream, levels, zigzag, unit);
      else if (zeros === 0) break;
      else zeros -= 1;
      if (zigzag >= band.last) break;
    }
    if (value !== 0) levels[zigzag] = value;
    zigzag += 1;
  }
  if (stream.endOfBandRun === 0) return;
  stream.endOfBandRun -= 1;
  if (!band.isRefinement) return;
  for (; zigzag <= band.last; zigzag += 1) {
    if (levels[zigzag] !== 0) refine(stream, levels, zigzag, unit);
  }
}

function refine(stream: Interval, levels: number[], zigzag: number, unit: number): void {
  levels[zigzag]! += Math.sign(levels[zigzag]!) * unit * readBits(stream, 1);
}

function readPredicted(stream: Interval, component: number, dc: CodeBook | undefined): number {
  const value = (stream.predictions.get(component) ?? 0) + readValue(stream, readSymbol(stream, dc));
  stream.predictions.set(component, value);
  return value;
}

function readSymbol(stream: Interval, book: CodeBook | undefined): number {
  for (let length = 1; length <= 16; length += 1) {
    const symbol = book?.get(stream.bits.slice(stream.at, stream.at + length));
    if (symbol === undefined) continue;
    stream.at += length;
    return symbol;
  }
  throw new Error("These bits are no code.");
}

function readValue(stream: Interval, category: number): number {
  const value = readBits(stream, category);
  return category > 0 && value < 2 ** (category - 1) ? value - 2 ** category + 1 : value;
}

function readBits(stream: Interval, count: number): number {
  const value = Number.parseInt(`0${stream.bits.slice(stream.at, stream.at + count)}`, 2);
  stream.at += count;
  return value;
}
