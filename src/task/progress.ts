import { secondsBetween } from "../statistics/hour.ts";
import type { ItemStatus, TaskStatus, TaskSummary } from "./answers.ts";
import { type ItemCounts, type StageSeconds, stages, type TaskState } from "./states.ts";

/** How far a task is. */
export interface TaskProgress {
  /** Items that have ended, whichever way. */
  readonly ended: number;
  /** Items that are known. */
  readonly total: number;
  /** From 0 to 1. */
  readonly part: number;
}

/** Returns how far a task is by the states of its items. */
export function progressOf(counts: ItemCounts): TaskProgress {
  const total = Object.values(counts).reduce((sum, items) => sum + items, 0);
  const ended = total - counts.waiting - counts.queued - counts.running;
  return { ended, total, part: total === 0 ? 0 : ended / total };
}

/** Says whether a task has ended; a retry has it go on. */
export function isEnded(state: TaskState): boolean {
  return state === "done" || state === "cancelled" || state === "failed";
}

/** Says whether a task came out well: done, and nothing of it failed or was refused. */
export function isWell({ state, counts }: Pick<TaskSummary, "state" | "counts">): boolean {
  return state === "done" && counts.failed + counts.refused + counts.cancelled === 0;
}

/** Returns the seconds that an item took, all stages together. */
export function secondsOf(seconds: StageSeconds): number {
  return stages.reduce((sum, stage) => sum + (seconds[stage] ?? 0), 0);
}

/**
 * Returns how long a task took from being sent to its end, in seconds, without the time in which it had ended before it was
 * tried again; undefined while it goes on.
 */
export function durationOf({
  createdAt,
  endedAt,
  idleSeconds = 0,
}: Pick<TaskStatus, "createdAt" | "endedAt" | "idleSeconds">): number | undefined {
  return endedAt === undefined ? undefined : Math.max(0, secondsBetween(createdAt, endedAt) - idleSeconds);
}

/** Formats seconds as people read a time that is left or was taken: `0:07`, `12:30`, `1:02:03`. */
export function formatClock(seconds: number): string {
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  const rest = String(whole % 60).padStart(2, "0");
  return minutes < 60
    ? `${minutes}:${rest}`
    : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${rest}`;
}

/** Formats seconds of work: `0.042`, `1.25`, `318`. */
export function formatSeconds(seconds: number): string {
  const decimals = seconds < 1 ? 3 : seconds < 100 ? 2 : 0;
  return seconds.toFixed(decimals);
}

/** Says in a sentence why an item is not done, with the command that does it; undefined where nothing is to be said. */
export function describeFailure({ failure, note }: Pick<ItemStatus, "failure" | "note">): string | undefined {
  if (failure === undefined) return note;
  const { code, message, command } = failure;
  return `${message}${command === undefined ? "" : ` Run ${command}.`} (${code})`;
}
