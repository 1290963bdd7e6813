import { ImageError } from "../error.ts";

/** What ITEMS_AT_ONCE is where it is not set. */
const defaultItemsAtOnce = "4";

/** Most messages of one delivery that are worked on at once: an isolate has memory for few images. */
const mostItemsAtOnce = 16;

/** Reads ITEMS_AT_ONCE: how many items of one delivery are worked on at once. Throws `config-invalid`. */
export function readItemsAtOnce(stated: unknown = defaultItemsAtOnce): number {
  const items = Number(stated);
  if (String(stated).trim() !== "" && Number.isInteger(items) && items >= 1 && items <= mostItemsAtOnce) return items;
  throw new ImageError("config-invalid", "The Worker of jobs is not configured correctly; see its log.", {
    detail: `ITEMS_AT_ONCE is ${JSON.stringify(stated)}, and has to be a whole number from 1 to ${mostItemsAtOnce}`,
  });
}
