import type { RunnableKind } from "../task/kinds.ts";
import type { Jobs } from "./jobs.ts";
import { checkItem } from "./kinds/check.ts";
import { exportItem } from "./kinds/export.ts";
import { convertItem, repackItem } from "./kinds/remake.ts";
import { verifyItem } from "./kinds/verify.ts";
import { warmItem } from "./kinds/warm.ts";
import type { ClaimedItem } from "./ledger-calls.ts";
import type { ItemOutcome } from "./outcome.ts";

/** What the work on an item may do until its deadline. What is too large for that is handed over, and reported by whoever has it. */
export type ItemWork = (jobs: Jobs, claimed: ClaimedItem, signal: AbortSignal) => Promise<ItemOutcome | "handed over">;

/** For how long a kind may work on an item, in seconds: a consumer has 15 minutes. Source: Cloudflare Queues, limits. */
export const deadlineSeconds: Readonly<Record<RunnableKind, number>> = {
  check: 120,
  verify: 780,
  warm: 300,
  convert: 780,
  repack: 780,
  export: 780,
};

const works: Readonly<Record<RunnableKind, ItemWork>> = {
  check: checkItem,
  verify: verifyItem,
  warm: warmItem,
  convert: convertItem,
  repack: repackItem,
  export: exportItem,
};

/**
 * Does the work of a task on one of its items. What is wrong with the item is its outcome. Throws what may be mended by trying
 * again: `storage-failed`, `source-changed`, `render-busy`.
 */
export const workOnItem: ItemWork = (jobs, claimed, signal) => works[claimed.header.kind](jobs, claimed, signal);
