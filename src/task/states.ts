/**
 * What may become of an item. `waiting`: in the ledger alone; `queued`: its message is sent; `running`: a consumer has it;
 * `done`; `kept`: there was nothing to do; `failed`: with its reason; `refused`: the edge can't do it, a command can, which is
 * named; `cancelled`. The last five are final, but for `failed` and `cancelled`, which a retry sets back to `waiting`.
 */
export const itemStates = ["waiting", "queued", "running", "done", "kept", "failed", "refused", "cancelled"] as const;

/** The state of an item. */
export type ItemState = (typeof itemStates)[number];

/** How many items are in each state; states of none are 0. */
export type ItemCounts = Readonly<Record<ItemState, number>>;

/**
 * What may become of a task. `listing`: its items are being found, and the first may be done by now; `running`; `paused`:
 * nothing is begun; `cancelled`; `done`: each item has ended, whichever way; `failed`: its items could not be found, and
 * `fault` says why. A retry takes the last three back to `running`.
 */
export const taskStates = ["listing", "running", "paused", "cancelled", "done", "failed"] as const;

/** The state of a task. */
export type TaskState = (typeof taskStates)[number];

/** What an item's time is spent on. */
export const stages = ["read", "decode", "resample", "encode", "write", "verify"] as const;

/** A part of the work on an item. */
export type Stage = (typeof stages)[number];

/** Seconds of each stage that there was. */
export type StageSeconds = Readonly<Partial<Record<Stage, number>>>;

/** Adds up what stages took. */
export function addSeconds(one: StageSeconds, other: StageSeconds): StageSeconds {
  const sums = stages.flatMap((stage) =>
    one[stage] === undefined && other[stage] === undefined
      ? []
      : [[stage, roundSeconds((one[stage] ?? 0) + (other[stage] ?? 0))] as const],
  );
  return Object.fromEntries(sums);
}

/** A clock tells milliseconds, and sums of binary fractions are told with sixteen digits. */
function roundSeconds(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}
