import type { ItemStatus, TaskStatus } from "../../src/task/answers.ts";
import type { TaskReport } from "../../src/task/report.ts";
import { spreadStarts } from "../../src/task/spread.ts";
import { type ItemCounts, itemStates } from "../../src/task/states.ts";

/** The id of the task that the answers are of. */
export const taskId = "20261129-104826-3fa85f645717";

/** Returns how many items are in each state: none but those given. */
export function counted(given: Partial<ItemCounts>): ItemCounts {
  return { ...(Object.fromEntries(itemStates.map((state) => [state, 0])) as ItemCounts), ...given };
}

/** Returns how a task stands that runs, changed as given. */
export function makeStatus(change: Partial<TaskStatus> = {}): TaskStatus {
  const counts = counted({ done: 100, kept: 15, failed: 3, refused: 2, running: 5, waiting: 175 });
  return {
    id: taskId,
    kind: "verify",
    state: "running",
    counts,
    createdAt: "2026-11-29T10:48:26.000Z",
    settings: { decode: true },
    from: { prefix: "maps/", suffix: ".tif" },
    operator: "secret",
    total: 300,
    perMinute: 24,
    secondsLeft: 450,
    seconds: { read: 12, verify: 30.5 },
    bytesIn: 1_234_000_000,
    bytesOut: 0,
    retries: 4,
    ...change,
  };
}

/** Returns an item that failed, changed as given. */
export function makeItem(change: Partial<ItemStatus> = {}): ItemStatus {
  return {
    item: 7,
    key: "maps/7.tif",
    state: "failed",
    tries: 1,
    seconds: { read: 0.25, verify: 1 },
    bytesIn: 5_000_000,
    bytesOut: 0,
    failure: { code: "checksum", message: "Its bytes are not those that were stored." },
    ...change,
  };
}

/** Returns the report of a task that is done, its task changed as given. */
export function makeReport(change: Partial<TaskStatus> = {}): TaskReport {
  const ended = {
    state: "done",
    counts: counted({ done: 298, failed: 2 }),
    endedAt: "2026-11-29T11:00:56.000Z",
  } as const;
  const { secondsLeft: _, ...task } = makeStatus({ ...ended, ...change });
  return {
    task,
    median: { read: 0.04, verify: 0.1 },
    p95: { read: 0.12, verify: 0.4 },
    spread: spreadStarts.map((from, at) => ({ from, items: at === 1 ? 290 : at === 3 ? 10 : 0 })),
    slowest: [makeItem({ item: 9, key: "maps/9.tif", state: "done", seconds: { read: 3, verify: 4 } })],
    failures: [makeItem(), makeItem({ item: 8, key: "maps/8.tif" })],
  };
}
