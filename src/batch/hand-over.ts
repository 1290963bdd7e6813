import { digest } from "../digest.ts";
import { answered, callLedger, type Jobs } from "./jobs.ts";
import type { ClaimedItem } from "./ledger-calls.ts";

/** An item counts as lost when its conversion has not been heard of for so long, in milliseconds. */
const silenceMilliseconds = 1_800_000;

/** Until its first step it may stand in the line of the engine, which lets few go on at once. */
const lineMilliseconds = 86_400_000;

/**
 * Hands an item over to a Workflow, which converts it block by block: each is a step, so that what is done stays done. A
 * delivery that comes again starts another, and the one before gives up at its next step. Throws `storage-failed`.
 */
export async function handOver(jobs: Jobs, claimed: ClaimedItem): Promise<"handed over"> {
  const { header, item, holder } = claimed;
  const id = `remake-${await digest([header.id, item, holder].join("\n"))}`;
  if (!(await holdItem(jobs, claimed, lineMilliseconds))) return "handed over";
  try {
    await answered(jobs, () => jobs.remakes.create({ id, params: claimed }));
  } catch (error) {
    // An answer that was lost: it has been started.
    if (!/already.exists/i.test(String((error as { cause?: unknown }).cause))) throw error;
  }
  return "handed over";
}

/** Keeps an item from counting as lost. Returns whether it is still the holder's. Throws `storage-failed`. */
export function holdItem(
  jobs: Jobs,
  { header, item, holder }: ClaimedItem,
  milliseconds: number = silenceMilliseconds,
): Promise<boolean> {
  const now = jobs.clock.now();
  return callLedger(jobs, header.id, (ledger) => ledger.hold(item, { holder, until: now + milliseconds }, now));
}
