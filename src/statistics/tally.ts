import { addFigures, type Figures, noFigures } from "./figures.ts";
import { type Observation, sizeOf, tierOf } from "./observation.ts";

/** What requests are told apart by. All have a fixed number of values. */
export const dimensions = ["class", "status", "code", "format", "strategy", "tier", "index", "client", "size"] as const;

/** What requests are told apart by. */
export type Dimension = (typeof dimensions)[number];

/** What is counted of one image. */
export interface ImageCounts {
  readonly figures: Figures;
  /** When it was last asked for, in milliseconds since 1970. */
  last: number;
}

/** What is counted of one kind of error. */
export interface FaultCounts {
  requests: number;
  /** How often it was met with some of the images: the first ones that met with it. */
  readonly images: Map<string, number>;
}

/** What is counted of a time. All of it is bounded, whatever is asked for. */
export interface Tally {
  readonly total: Figures;
  readonly by: Readonly<Record<Dimension, Map<string, Figures>>>;
  /** Images that were opened. */
  readonly images: Map<string, ImageCounts>;
  /** Requests for images that have no entry of their own: there were too many, or their names are too long. */
  readonly others: Figures;
  readonly faults: Map<string, FaultCounts>;
}

/** How many images a tally has entries for, and how many examples of each kind of error. */
export interface TallyLimits {
  readonly images: number;
  readonly examples: number;
}

/** An identifier above this many characters has no entry of its own: 200 of them take 400 bytes. */
const mostNameCharacters = 200;

/** Returns a tally of nothing. */
export function newTally(): Tally {
  const by = Object.fromEntries(dimensions.map((name) => [name, new Map()])) as unknown as Tally["by"];
  return { total: noFigures(), by, images: new Map(), others: noFigures(), faults: new Map() };
}

/** Counts a request. Images that come after `limits.images` others are counted together. */
export function countObservation(tally: Tally, observation: Observation, limits: TallyLimits): void {
  const { class: kind, status, code, client, account, milliseconds, at } = observation;
  const { identifier, index, format, strategy, sentBytes, reads, bytes, decodedPixels } = account;
  const figures: Figures = [1, sentBytes, milliseconds, reads, bytes, decodedPixels];
  addFigures(tally.total, figures);
  const add = (dimension: Dimension, value: string): void => addTo(tally.by[dimension], value, figures);
  add("class", kind);
  add("status", String(status));
  add("code", code);
  add("client", client);
  if (strategy !== "none") add("strategy", strategy);
  if (index !== undefined) add("index", index);
  if (format !== undefined) add("format", format);
  const tier = tierOf(observation);
  if (tier !== undefined) add("tier", tier);
  const size = sizeOf(observation);
  if (size !== undefined) add("size", size);
  if (identifier === undefined) return;
  if (index !== undefined) countImage(tally, identifier, { figures, last: at, limits });
  if (code !== "ok") addFault(tally, code, { requests: 1, images: new Map([[identifier, 1]]) }, limits);
}

function addTo(sums: Map<string, Figures>, value: string, figures: Readonly<Figures>): void {
  const sum = sums.get(value);
  if (sum === undefined) sums.set(value, [...figures]);
  else addFigures(sum, figures);
}

interface ImageAddition {
  readonly figures: Readonly<Figures>;
  readonly last: number;
  readonly limits: TallyLimits;
}

function countImage({ images, others }: Tally, name: string, { figures, last, limits }: ImageAddition): void {
  const counts = images.get(name);
  if (counts !== undefined) {
    addFigures(counts.figures, figures);
    counts.last = Math.max(counts.last, last);
  } else if (images.size < limits.images && name.length <= mostNameCharacters) {
    images.set(name, { figures: [...figures], last });
  } else addFigures(others, figures);
}

function addFault({ faults }: Tally, code: string, added: FaultCounts, { examples }: TallyLimits): void {
  const counts = faults.get(code) ?? { requests: 0, images: new Map<string, number>() };
  counts.requests += added.requests;
  for (const [name, requests] of added.images) {
    const isListed = counts.images.has(name) || counts.images.size < examples;
    if (isListed && name.length <= mostNameCharacters) {
      counts.images.set(name, (counts.images.get(name) ?? 0) + requests);
    }
  }
  faults.set(code, counts);
}

/**
 * Adds what another tally has counted. Where there are more images than `limits.images` then, those stay that are among the
 * first by requests, bytes, milliseconds or decoded pixels; the others are counted together.
 */
export function addTally(tally: Tally, added: Tally, limits: TallyLimits): void {
  addFigures(tally.total, added.total);
  for (const dimension of dimensions) {
    for (const [value, figures] of added.by[dimension]) addTo(tally.by[dimension], value, figures);
  }
  addFigures(tally.others, added.others);
  const room = { ...limits, images: Number.POSITIVE_INFINITY };
  for (const [name, { figures, last }] of added.images) countImage(tally, name, { figures, last, limits: room });
  for (const [code, counts] of added.faults) addFault(tally, code, counts, limits);
  if (tally.images.size > limits.images) keepFirst(tally, limits.images);
}

/** The figures that images are ranked by: requests, bytes, milliseconds, pixels. */
const ranked = [0, 1, 2, 5] as const;

/** Fewer are left than there is room for: else the next addition had to sort again. */
function keepFirst(tally: Tally, most: number): void {
  const left = Math.floor(0.8 * most);
  const namesBy = (figure: number): readonly string[] => {
    const rank = (name: string): number => tally.images.get(name)?.figures[figure] ?? 0;
    return [...tally.images.keys()].toSorted((one, other) => rank(other) - rank(one));
  };
  const kept = new Set(ranked.flatMap((figure) => namesBy(figure).slice(0, Math.floor(left / ranked.length))));
  for (const name of namesBy(0)) if (kept.size < left) kept.add(name);
  for (const [name, { figures }] of tally.images) {
    if (kept.has(name)) continue;
    addFigures(tally.others, figures);
    tally.images.delete(name);
  }
}
