import { DeadlinePassed, withDeadline } from "../budget/deadline.ts";
import { consumeItem, type ItemDelivery, longestLeaseSeconds, putBackItem } from "./consume.ts";
import type { Jobs } from "./jobs.ts";
import type { SlowItems } from "./slow-items.ts";

/**
 * An item that takes longer than this no longer keeps the messages behind it waiting, in seconds: more than storage has for an
 * answer, so that what storage fails is tried again as usual.
 */
const slowSeconds = 15;

/**
 * A delivery has 15 minutes, and an item 13: what has not been begun after so many seconds waits for another message. Source:
 * Cloudflare Queues, limits.
 */
const lastBeginningSeconds = 60;

/** How the messages of a delivery are worked on. */
export interface BatchWorking {
  /** How many items are worked on at once. */
  readonly atOnce: number;
  /**
   * Where the platform takes what has been acknowledged before all work has ended: keeps work alive that goes on after that.
   * Undefined where it waits for all, and there is nothing to gain.
   */
  readonly beside: { readonly slow: SlowItems; readonly goOn: (work: Promise<void>) => void } | undefined;
}

/**
 * Works on the items of messages that were delivered together, some at once. Each is acknowledged or comes again by itself, and
 * at once: one that hangs or fails changes nothing for the others. Never throws.
 */
export async function consumeBatch(
  jobs: Jobs,
  deliveries: readonly ItemDelivery[],
  working: BatchWorking,
): Promise<void> {
  const began = jobs.clock.now();
  const waiting = deliveries.values();
  const work = async (): Promise<void> => {
    for (const delivery of waiting) {
      const isLate = jobs.clock.now() - began > 1000 * lastBeginningSeconds;
      if (isLate) await putBackItem(jobs, delivery);
      else await consumeOrGoOn(jobs, delivery, working);
    }
  };
  await Promise.all(Array.from({ length: Math.min(working.atOnce, deliveries.length) }, work));
}

/** A slow item goes on beside those that come next, for as many as are worked on at once. */
async function consumeOrGoOn(jobs: Jobs, delivery: ItemDelivery, { atOnce, beside }: BatchWorking): Promise<void> {
  const { clock } = jobs;
  if (beside === undefined) return consumeItem(jobs, delivery);
  const answer = answerOnce(delivery);
  const work = consumeItem(jobs, answer.delivery);
  try {
    await withDeadline(clock, slowSeconds, () => work);
  } catch (error) {
    if (!(error instanceof DeadlinePassed)) throw error;
    const now = clock.now();
    const giveBack = beside.slow.take(now, now + 1000 * longestLeaseSeconds, atOnce);
    if (giveBack === undefined) return work;
    // Should this isolate end, the message comes again when the item counts as lost; else there is nothing left to do then.
    answer.comeAgain(longestLeaseSeconds);
    beside.goOn(work.finally(giveBack));
  }
}

/** Answers a message once: after it was said that it comes again, what its work says is of no more use. */
function answerOnce(delivery: ItemDelivery) {
  let isAnswered = false;
  const once = (answer: () => void): void => {
    if (isAnswered) return;
    isAnswered = true;
    answer();
  };
  const { id, attempts, body } = delivery;
  return {
    delivery: {
      ...{ id, attempts, body },
      ack: () => once(() => delivery.ack()),
      retry: (options) => once(() => delivery.retry(options)),
    } satisfies ItemDelivery as ItemDelivery,
    comeAgain: (delaySeconds: number) => once(() => delivery.retry({ delaySeconds })),
  };
}
