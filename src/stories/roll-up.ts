import { withDeadline } from "../budget/deadline.ts";
import type { Lease } from "../budget/lease.ts";
import { whileRenewing } from "../budget/renewal.ts";
import {
  deleteRollUps,
  listRollUps,
  type RolledUp,
  type RollUpStore,
  readRollUp,
  storeRollUp,
} from "../operation/roll-up-store.ts";
import type { Services } from "../services.ts";
import { hourBefore, hourOf } from "../statistics/hour.ts";
import { parseRollUp } from "../statistics/roll-up.ts";
import type { Visit } from "../visit.ts";
import { handOverNow } from "./counting.ts";
import { countStorage } from "./storage-walk.ts";

/** How long the ledger may take for an answer, in seconds. */
const ledgerSeconds = 10;

/** Most batches that one run writes, and most days and months that it makes: the next run goes on. */
const mostBatches = 48;
const mostMerged = 4;

const dayMilliseconds = 86_400_000;

/** For how many days hours are kept before they become a day, and days before they become a month. Months are kept. */
const keptDays = { hours: 7, days: 400 } as const;

/** Two roll-ups as values, their text, and their sum: in bytes. */
export const rollUpLoan = { share: "draws", bytes: 16 << 20, costMilliseconds: 50 } as const;

/** When a run takes place, in milliseconds since 1970, and where it tells what goes wrong. */
export interface RollUpRun {
  readonly now: number;
  readonly log: Visit["log"];
}

/** Returns where the roll-ups of a service lie. */
export function rollUpStore({ buckets, clock, config }: Services): RollUpStore {
  return { bucket: buckets.catalogue, clock, timeoutSeconds: config.storageTimeoutSeconds };
}

/**
 * Writes what was counted in the hours before this one into the catalogue, joins old hours to days and old days to
 * months, and counts what is stored. It may be broken off anywhere and run twice: nothing is lost, nothing counted twice. Throws `storage-failed`,
 * `record-malformed`, and what the ledger throws.
 */
export async function rollUp(services: Services, { now, log }: RollUpRun): Promise<void> {
  const { clock, budget } = services;
  await handOverNow(services, log);
  const store = rollUpStore(services);
  const patience = { milliseconds: 1000 * services.config.renderWaitSeconds, signal: undefined, onWaited: () => {} };
  const lease: Lease = await budget.take(rollUpLoan, patience);
  try {
    await whileRenewing(clock, lease, async () => {
      // What is stored has nothing to do with what was asked for, which a damaged roll-up holds up.
      const failed = await writeAndMerge(services, store, { now, log }).catch((thrown: unknown) => ({ thrown }));
      await countStorage(services, now);
      if (failed !== undefined) throw failed.thrown;
    });
  } finally {
    lease.release();
  }
}

async function writeAndMerge(services: Services, store: RollUpStore, { now, log }: RollUpRun): Promise<undefined> {
  const written = await writeHours(services, store, hourOf(now));
  const merged = await mergeOld(store, now);
  log({ level: "info", message: "statistics rolled up", written, merged });
}

/** Returns how many batches were written. */
async function writeHours({ ledger, clock }: Services, store: RollUpStore, before: string): Promise<number> {
  if (ledger === undefined) return 0;
  for (let written = 0; written < mostBatches; written++) {
    const text = await withDeadline(clock, ledgerSeconds, () => ledger().closeHour(before));
    if (text === undefined) return written;
    const batch = parseRollUp(text);
    await storeRollUp(store, batch.period, batch);
    // Not before it is written: broken off here, the next run finds it written and forgets it.
    for (const name of batch.from) await withDeadline(clock, ledgerSeconds, () => ledger().dropHour(name));
  }
  return mostBatches;
}

/** Returns how many days and months were made, or added to. */
async function mergeOld(store: RollUpStore, now: number): Promise<number> {
  const stored = await listRollUps(store);
  const hours = groupBefore(stored, "hour", hourBefore(now, keptDays.hours * dayMilliseconds).slice(0, 10));
  const days = groupBefore(stored, "day", hourBefore(now, keptDays.days * dayMilliseconds).slice(0, 7));
  const due = [...hours, ...days].slice(0, mostMerged);
  for (const [period, parts] of due) {
    for (const part of parts) {
      const added = await readRollUp(store, part);
      if (added !== undefined) await storeRollUp(store, period, added);
    }
    await deleteRollUps(store, parts);
  }
  return due.length;
}

/** Groups times of a span by the longer one that they are in, where that one is before `before`. */
function groupBefore(
  stored: readonly RolledUp[],
  span: "hour" | "day",
  before: string,
): readonly (readonly [string, readonly string[]])[] {
  const groups = new Map<string, string[]>();
  for (const { period } of stored.filter((one) => one.span === span)) {
    const longer = period.slice(0, before.length);
    if (longer < before) groups.set(longer, [...(groups.get(longer) ?? []), period]);
  }
  return [...groups];
}
