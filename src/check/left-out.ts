import type { Size } from "../geometry.ts";
import { isReduction } from "../pyramid/pyramid.ts";
import { readSize } from "../tiff/level.ts";
import type { PageFields } from "../tiff/page.ts";
import { unlessFault } from "./faults.ts";

/** Reduced directories of an image that are not levels. */
export interface LeftOut {
  /** Those that would be levels, going by their sizes. */
  readonly unread: readonly Size[];
  /** Those that may be levels of another image just as well. */
  readonly doubtful: readonly Size[];
  /** How many have other proportions, or are broken. */
  readonly others: number;
}

/** Finds the directories of an image that did not become levels. Throws what the source throws. */
export async function findLeftOut(page: PageFields, levels: readonly [Size, ...Size[]]): Promise<LeftOut> {
  const { reduced } = page;
  const [full] = levels;
  const unread: Size[] = [];
  const doubtful: Size[] = [];
  let others = page.others.length;
  for (const fields of page.doubtful) {
    const size = await unlessFault(() => readSize(fields));
    if (size === undefined || !isReduction(size, full)) others += 1;
    else doubtful.push(size);
  }
  for (const fields of reduced) {
    const size = await unlessFault(() => readSize(fields));
    if (size === undefined || !isReduction(size, full)) others += 1;
    else if (!levels.some(({ width }) => width === size.width)) unread.push(size);
  }
  return { unread, doubtful, others };
}
