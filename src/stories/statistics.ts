import { withDeadline } from "../budget/deadline.ts";
import { whileRenewing } from "../budget/renewal.ts";
import { ImageError } from "../error.ts";
import { respondJsonText } from "../http/respond.ts";
import type { WaitingHours } from "../operation/hours.ts";
import type { Services } from "../services.ts";
import type { Visit } from "../visit.ts";
import { handOverNow } from "./counting.ts";
import { rollUpLoan } from "./roll-up.ts";

/** How long the ledger may take to tell what it has, in seconds. */
const ledgerSeconds = 10;

/** Who asks for what is counted, and before which hour. */
export interface StatisticsVisit {
  readonly visit: Visit;
  /** In UTC, as `2026-11-29T05`; undefined for the latest hours. */
  readonly before?: string | undefined;
}

/**
 * Answers what was counted and is not in the catalogue yet: the hour that is running, and those that no cron has written,
 * the latest ones first. Throws `query-malformed`, `storage-failed`, `render-busy`.
 */
export async function answerStatistics(services: Services, { visit, before }: StatisticsVisit): Promise<Response> {
  if (before !== undefined && !/^\d{4}-\d\d-\d\dT\d\d$/.test(before)) {
    throw new ImageError("query-malformed", "before is not an hour in UTC.", { hint: "Write it as 2026-11-29T05." });
  }
  await handOverNow(services, visit.log);
  const { budget, clock } = services;
  const lease = await budget.take(rollUpLoan, visit.patience);
  try {
    const { rollUps, next } = await whileRenewing(clock, lease, () => findWaitingHours(services, before));
    const further = next === undefined ? "" : `,"next":${JSON.stringify(next)}`;
    return respondJsonText(`{"hours":[${rollUps.join(",")}]${further}}`, 200);
  } finally {
    lease.release();
  }
}

/** Returns what the ledger has of hours before `before`, or of the latest ones. Throws `storage-failed`. */
export async function findWaitingHours({ ledger, clock }: Services, before?: string): Promise<WaitingHours> {
  if (ledger === undefined) return { rollUps: [] };
  try {
    return await withDeadline(clock, ledgerSeconds, () => ledger().waitingHours(before));
  } catch (cause) {
    throw new ImageError("storage-failed", "The ledger does not answer.", { cause });
  }
}
