import { addFigures, type Figures, figureOf, noFigures } from "../statistics/figures.ts";
import type { Tally } from "../statistics/tally.ts";
import type { Usage } from "./bill.ts";
import { cpuMilliseconds, type RunFigures } from "./view-forecast.ts";

/** What was counted of requests that reached the Worker. */
export interface MeasuredTotals {
  readonly requests: number;
  readonly bytesSent: number;
  /** Reads of masters. */
  readonly reads: number;
  readonly decodedPixels: number;
  /** Gets of the bucket of derivatives, as far as they are counted; undefined where it is not known for these requests. */
  readonly derivativeReads: number | undefined;
}

/** Returns what was counted of all requests. */
export function totalsOf({ total, by }: Tally): MeasuredTotals {
  const requestsOf = (figures: Figures | undefined) => (figures === undefined ? 0 : figureOf(figures, "requests"));
  // An index that was not in the isolate or the data centre was looked for there; a picture that came from there, too.
  const derivativeReads =
    requestsOf(by.index.get("bucket")) + requestsOf(by.index.get("storage")) + requestsOf(by.tier.get("bucket"));
  return { ...plainTotals(total), derivativeReads };
}

/** What was counted of some images, and how much was counted of images that have no entry of their own. */
export interface ChosenTotals {
  readonly totals: MeasuredTotals;
  /** Requests that may be of these images or of others. */
  readonly unknownRequests: number;
}

/** Returns what was counted of chosen images. */
export function totalsOfImages({ images, others }: Tally, isChosen: (identifier: string) => boolean): ChosenTotals {
  const sum = noFigures();
  for (const [name, { figures }] of images) if (isChosen(name)) addFigures(sum, figures);
  return {
    totals: { ...plainTotals(sum), derivativeReads: undefined },
    unknownRequests: figureOf(others, "requests"),
  };
}

function plainTotals(figures: Readonly<Figures>) {
  return {
    requests: figureOf(figures, "requests"),
    bytesSent: figureOf(figures, "bytes"),
    reads: figureOf(figures, "reads"),
    decodedPixels: figureOf(figures, "pixels"),
  };
}

/** What fewer requests say of all others is chance. */
const leastRequests = 1000;

/**
 * Returns what a request took that reached the Worker; undefined where too few were counted. The platform tells a Worker no
 * processor time: it is reckoned from the pixels that were decoded.
 */
export function measuredRun(totals: MeasuredTotals): RunFigures | undefined {
  return totals.requests < leastRequests ? undefined : runOf(totals);
}

function runOf({ requests, reads, decodedPixels, derivativeReads = 0 }: MeasuredTotals): RunFigures {
  return {
    classB: (reads + derivativeReads) / requests,
    cpuMilliseconds: cpuMilliseconds.info + (decodedPixels / 1e6 / requests) * cpuMilliseconds.megapixel,
  };
}

/** Returns what was counted as usage of a month of 30 days. */
export function usageOfTotals(totals: MeasuredTotals, hours: number): Usage {
  const requests = totals.requests * ((30 * 24) / hours);
  if (requests === 0) return { classB: 0, requests, cpu: 0 };
  const { classB, cpuMilliseconds: cpu } = runOf(totals);
  return { classB: requests * classB, requests, cpu: requests * cpu };
}
