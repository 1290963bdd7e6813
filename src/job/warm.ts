import { askPublicly } from "../bucket/public-request.ts";
import { isRefused, type PublicAnswer } from "../http/public-answer.ts";
import type { SizeLimits } from "../iiif/size.ts";
import { imageUri } from "../presentation/addresses.ts";
import { readImageInfo, usualSizes } from "../presentation/warm-sizes.ts";
import { inOrder } from "./at-once.ts";

/** What is asked for of each image, and of which service. */
export interface WarmOrder {
  /** Scheme and host, without a slash at the end. */
  readonly base: string;
  readonly imagePrefix: string;
  readonly limits: SizeLimits;
  /** Sizes of the whole image; undefined for the thumbnail of manifests and the sizes of info.json. */
  readonly sizes: readonly string[] | undefined;
  readonly formats: readonly string[];
  /** How many images are asked for at once. */
  readonly jobs: number;
  readonly signal: AbortSignal;
}

/** What was not answered with a picture. */
export interface WarmFailure {
  readonly url: string;
  readonly status: number;
  readonly code: string | undefined;
}

/** What came of one image. */
export interface WarmedImage {
  readonly identifier: string;
  /** Pictures that were made, that caches had, and that needed no making: copied tiles. */
  readonly drawn: number;
  readonly kept: number;
  readonly copied: number;
  readonly bytes: number;
  readonly failures: readonly WarmFailure[];
  /** Whether it is left out: it is not shown to all, and caches keep nothing of it. */
  readonly isRestricted: boolean;
}

/**
 * Asks a service for the info.json of each image and for its pictures, as viewers do, and tells what came of it in the order
 * of the images. Throws UnreachableError, what finding the images throws, and the signal's reason.
 */
export function warmImages(
  identifiers: AsyncIterable<string> | Iterable<string>,
  order: WarmOrder,
): AsyncGenerator<WarmedImage, undefined, undefined> {
  return inOrder(identifiers, order.jobs, (identifier) => warmImage(identifier, order));
}

async function warmImage(identifier: string, order: WarmOrder): Promise<WarmedImage> {
  const { base, imagePrefix, limits, signal } = order;
  const uri = imageUri({ base, imagePrefix, limits }, 3, identifier);
  const sum = {
    identifier,
    drawn: 0,
    kept: 0,
    copied: 0,
    bytes: 0,
    failures: [] as WarmFailure[],
    isRestricted: false,
  };
  const answer = await askPublicly(`${uri}/info.json`, signal);
  sum.bytes += answer.bytes;
  if (isRefused(answer)) return { ...sum, isRestricted: true };
  const image = answer.status === 200 ? readImageInfo(answer.json) : undefined;
  if (image === undefined) return { ...sum, failures: [failureOf(`${uri}/info.json`, answer)] };
  const sizes = order.sizes ?? usualSizes(identifier, image, limits);
  for (const format of order.formats) {
    for (const size of sizes) {
      const url = `${uri}/full/${size}/0/default.${format}`;
      const picture = await askPublicly(url, signal);
      sum.bytes += picture.bytes;
      // What is told of an image may be open where its pictures are not.
      if (isRefused(picture)) return { ...sum, isRestricted: true };
      if (picture.status !== 200) sum.failures.push(failureOf(url, picture));
      else if (picture.strategy === "kept") sum.kept += 1;
      else if (picture.strategy === "copy") sum.copied += 1;
      else {
        sum.drawn += 1;
        // What is not drawn for too much is stored when it is asked for again: past the cache in front, which has it now.
        sum.bytes += (await askPublicly(`${url}?warm=again`, signal)).bytes;
      }
    }
  }
  return sum;
}

function failureOf(url: string, { status, code }: PublicAnswer): WarmFailure {
  return { url, status, code };
}
