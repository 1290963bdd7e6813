import type { Size } from "../src/geometry.ts";

/** What is compared: the same requests, answered in front as often. */
export interface MonthOfTraffic {
  readonly requests: number;
  /** Requests that nothing in front answers. */
  readonly misses: number;
  readonly gigabytesSent: number;
  readonly images: number;
  readonly masterBytes: number;
  /** Files of level 0 of an image, on the average. */
  readonly files: number;
}

/**
 * List prices of Amazon in us-east-1, in US dollars. Sources: https://aws.amazon.com/lambda/pricing/ (x86),
 * https://aws.amazon.com/s3/pricing/, https://aws.amazon.com/cloudfront/pricing/ (United States, by volume). These pages could
 * not be read when this was written, on 2026-11-29: the figures are those that others quote of them in 2026.
 */
export const amazon = {
  lambdaGigabyteSecond: 0.0000166667,
  lambdaMillion: 0.2,
  s3GetMillion: 0.4,
  s3PutMillion: 5,
  s3GigabyteMonth: 0.023,
  cloudFrontMillion: 1,
  /** Up to so many terabytes a month, each at so much a gigabyte. */
  cloudFrontGigabyte: [
    [10, 0.085],
    [50, 0.08],
    [150, 0.06],
    [500, 0.04],
    [1024, 0.03],
    [5120, 0.025],
    [Number.POSITIVE_INFINITY, 0.02],
  ],
} as const;

/**
 * serverless-iiif as its template deploys it: 3,008 MB, and a function that streams the whole master to sharp for each request.
 * Source: samvera/serverless-iiif, sam/standalone/template.yml and src/index.js. How fast S3 is read is an assumption.
 */
export const lambda = { gigabytes: 3008 / 1024, bytesEachSecond: 75e6, otherSeconds: 0.05 } as const;

/** Returns what CloudFront charges for sending, in US dollars. */
export function sendingDollars(gigabytes: number): number {
  let dollars = 0;
  let sent = 0;
  for (const [terabytes, each] of amazon.cloudFrontGigabyte) {
    const here = Math.min(gigabytes, 1000 * terabytes) - sent;
    if (here <= 0) break;
    dollars += here * each;
    sent += here;
  }
  return dollars;
}

/** A month of serverless-iiif on Lambda behind CloudFront, in US dollars by item. */
export function serverlessDollars({ requests, misses, gigabytesSent, images, masterBytes }: MonthOfTraffic) {
  const seconds = masterBytes / lambda.bytesEachSecond + lambda.otherSeconds;
  return {
    storage: ((images * masterBytes) / 1e9) * amazon.s3GigabyteMonth,
    operations: (misses / 1e6) * amazon.s3GetMillion,
    requests: (requests / 1e6) * amazon.cloudFrontMillion + (misses / 1e6) * amazon.lambdaMillion,
    computing: misses * seconds * lambda.gigabytes * amazon.lambdaGigabyteSecond,
    egress: sendingDollars(gigabytesSent),
  };
}

/** How many tiles of level 0 an image has, and files: those, a full picture, one of each size, info.json. */
export function filesOfLevel0(
  { width, height }: Size,
  tile: number,
): { readonly tiles: number; readonly files: number } {
  let tiles = 0;
  let sizes = 0;
  for (let factor = 1; ; factor *= 2) {
    const [across, down] = [Math.ceil(width / (tile * factor)), Math.ceil(height / (tile * factor))];
    tiles += across * down;
    sizes += 1;
    if (across * down === 1) return { tiles, files: tiles + sizes + 2 };
  }
}
