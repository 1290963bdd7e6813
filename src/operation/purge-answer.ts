import type { PurgeState } from "./ledger.ts";
import type { PurgeOrder } from "./purge-order.ts";

/** What a service answers to an order to purge. */
export interface PurgeAnswer {
  /** Nothing was removed: the counts are of what would have been. */
  readonly dryRun?: true;
  readonly images: number;
  readonly workersCache: PurgeState & { readonly tags: number };
  /** What the Cache API of this data centre would not let go of. */
  readonly dataCentre: { readonly left: number };
  readonly derivatives: { readonly pictures: number; readonly indexes: number };
  /** The order that goes on with what is left; undefined when nothing is. */
  readonly next?: PurgeOrder;
}
