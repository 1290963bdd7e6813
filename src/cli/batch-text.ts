import { formatMegabytes } from "../node/megabytes.ts";
import { formatTime } from "../statistics/hour.ts";
import type { ItemStatus, TaskList, TaskStatus, TaskSummary } from "../task/answers.ts";
import { describeFailure, formatClock, formatSeconds, progressOf, secondsOf } from "../task/progress.ts";
import { type ItemCounts, type ItemState, type StageSeconds, stages } from "../task/states.ts";
import { count } from "./count.ts";
import { formatBar } from "./progress.ts";

/** The order in which people want to know of items. */
const toldStates: readonly ItemState[] = [
  ...(["done", "kept", "failed", "refused", "cancelled"] as const),
  ...(["running", "queued", "waiting"] as const),
];

/** Formats how a task stands as lines. */
export function formatStatus(status: TaskStatus): readonly string[] {
  const { id, state, counts, createdAt, endedAt, operator, fault, retries, bytesIn, bytesOut, seconds } = status;
  const when = endedAt === undefined ? "" : `, ended ${formatTime(endedAt)}`;
  const spent = formatStageSeconds(seconds);
  return [
    `${id}  ${state}  ${describeWork(status)}`,
    `  sent ${formatTime(createdAt)}${when} (UTC), by ${operator}`,
    `  ${formatLine(status)}`,
    `  ${formatCounts(counts)}`,
    `  ${formatMegabytes(bytesIn)} MB read, ${formatMegabytes(bytesOut)} MB written${retries > 0 ? `, ${count(retries, "retry", "retries")}` : ""}`,
    ...(spent === "" ? [] : [`  seconds: ${spent}`]),
    ...(fault === undefined ? [] : [`  ${describeFailure({ failure: fault })}`]),
  ];
}

/** Formats how far a task is as one line: a bar, items, rate and time left, what went wrong. */
export function formatLine({ counts, state, perMinute, secondsLeft }: TaskStatus): string {
  const { ended, total, part } = progressOf(counts);
  const wrong = (["failed", "refused"] as const).flatMap((name) =>
    counts[name] > 0 ? [`${counts[name]} ${name}`] : [],
  );
  const isGoing = state === "running" || state === "listing";
  return [
    formatBar(part),
    `${ended}/${total}${state === "listing" ? " found so far" : ""}`,
    ...(isGoing && perMinute > 0 ? [`${perMinute}/min`] : []),
    ...(isGoing && secondsLeft !== undefined ? [`${formatClock(Math.ceil(secondsLeft))} left`] : []),
    ...wrong,
    state,
  ].join("  ");
}

/** Formats how many items are in each state that there is one in. */
export function formatCounts(counts: ItemCounts): string {
  const told = toldStates.flatMap((state) => (counts[state] > 0 ? [`${counts[state]} ${state}`] : []));
  return told.length === 0 ? "no items yet" : told.join(", ");
}

/** Says what a task does, and what people call it. */
export function describeWork({ kind, name, collection }: TaskSummary): string {
  return [kind, ...(name === undefined ? [] : [name]), ...(collection === undefined ? [] : [`(${collection})`])].join(
    " ",
  );
}

/** Formats a list of tasks as lines. */
export function formatList({ tasks }: TaskList): readonly string[] {
  if (tasks.length === 0) return ["There are no tasks. Send one with tessera batch submit FILE."];
  return tasks.map((task) => {
    const { ended, total } = progressOf(task.counts);
    const { failed, refused } = task.counts;
    const wrong = failed + refused > 0 ? `, ${failed + refused} not done` : "";
    return `${task.id}  ${task.state.padEnd(9)}  ${`${ended}/${total}`.padStart(13)}  ${describeWork(task)}${wrong}`;
  });
}

/** Formats an item as one line. */
export function formatItem(item: ItemStatus): string {
  const { item: number, key, identifier, state, tries, seconds } = item;
  const said = describeFailure(item);
  return [
    String(number).padStart(6),
    state.padEnd(9),
    `${formatSeconds(secondsOf(seconds)).padStart(8)} s`,
    ...(tries > 1 ? [count(tries, "try", "tries")] : []),
    identifier === undefined || identifier === key ? key : `${key} as ${identifier}`,
    ...(said === undefined ? [] : [said]),
  ].join("  ");
}

/** Formats the seconds of each stage that there was; empty where there was none. */
function formatStageSeconds(seconds: StageSeconds): string {
  return stages
    .flatMap((stage) => {
      const value = seconds[stage];
      return value === undefined ? [] : [`${stage} ${formatSeconds(value)}`];
    })
    .join(", ");
}
