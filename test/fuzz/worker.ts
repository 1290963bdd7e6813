// The thread that runs cases: it says before each one which it is, so that one that never ends is known.
import { parentPort, workerData } from "node:worker_threads";
import { causeOf } from "./finds.ts";
import { judgeCase, makeCase } from "./judge.ts";
import type { WorkerMessage, WorkerOrder } from "./messages.ts";
import { openTarget } from "./targets.ts";

const order = workerData as WorkerOrder;
const current = new Int32Array(order.current);
const post = (message: WorkerMessage): void => parentPort?.postMessage(message);

/** Cases between two messages: what a thread that is ended has not told yet. */
const tallyCases = 100;

const target = await openTarget(order.target, order.folders);
const causes = new Set<string>();
let outcomes: Record<string, number> = {};
let slowest = { index: 0, cpuMilliseconds: 0 };
const tell = (): void => {
  post({ kind: "tally", outcomes, slowest });
  outcomes = {};
};
for (let index = order.first; index < order.end && Date.now() < order.deadline; index += 1) {
  Atomics.store(current, 0, index);
  const fuzzCase = makeCase(target, order.seed, index);
  const { outcome, cpuMilliseconds, fault } = await judgeCase(target, fuzzCase, order.limits);
  outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  if (cpuMilliseconds > slowest.cpuMilliseconds) slowest = { index, cpuMilliseconds };
  if (fault !== undefined && !causes.has(causeOf(fault))) {
    causes.add(causeOf(fault));
    post({ kind: "find", index, fault });
  }
  if ((index - order.first) % tallyCases === tallyCases - 1) tell();
}
tell();
post({ kind: "done" });
