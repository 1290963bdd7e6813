import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { CaseLimits } from "./judge.ts";
import type { Slowest, WorkerMessage, WorkerOrder } from "./messages.ts";

/** What a target is put through. */
export interface Campaign {
  readonly target: string;
  readonly seed: number;
  readonly cases: number;
  readonly seconds: number;
  readonly folders: readonly string[];
  readonly limits: CaseLimits;
  /** A case that takes longer has not ended at all. */
  readonly hangMilliseconds: number;
  /** Called for each fault of another cause. */
  readonly onFind: (index: number, fault: string) => void;
}

/** How it went. */
export interface CampaignReport {
  readonly cases: number;
  readonly milliseconds: number;
  readonly outcomes: ReadonlyMap<string, number>;
  readonly slowest: Slowest;
}

const pollMilliseconds = 200;

/** Most bytes of objects that a thread may hold: what asks for more ends it, which is a find. */
const heapMegabytes = 512;

/** Runs the cases of a target in a thread; one that hangs or dies is replaced by another, which goes on behind the case. */
export async function runCampaign(campaign: Campaign): Promise<CampaignReport> {
  const started = Date.now();
  const deadline = started + campaign.seconds * 1000;
  const outcomes = new Map<string, number>();
  let slowest: Slowest = { index: 0, cpuMilliseconds: 0 };
  const add = (outcome: string, count: number): void => {
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + count);
  };
  const onMessage = (message: WorkerMessage): void => {
    if (message.kind === "find") campaign.onFind(message.index, message.fault);
    if (message.kind !== "tally") return;
    for (const [outcome, count] of Object.entries(message.outcomes)) add(outcome, count);
    if (message.slowest.cpuMilliseconds > slowest.cpuMilliseconds) slowest = message.slowest;
  };
  for (let first = 0; first < campaign.cases && Date.now() < deadline; ) {
    const end = await runThread(campaign, { first, deadline, onMessage });
    if (end.fault === undefined) break;
    campaign.onFind(end.index, end.fault);
    add("fault", 1);
    first = end.index + 1;
  }
  const cases = [...outcomes.values()].reduce((sum, count) => sum + count, 0);
  return { cases, milliseconds: Date.now() - started, outcomes, slowest };
}

interface ThreadEnd {
  readonly index: number;
  /** Why it was ended or died; undefined where all cases were run. */
  readonly fault: string | undefined;
}

interface ThreadPart {
  readonly first: number;
  readonly deadline: number;
  readonly onMessage: (message: WorkerMessage) => void;
}

async function runThread(campaign: Campaign, { first, deadline, onMessage }: ThreadPart): Promise<ThreadEnd> {
  const { target, seed, cases: end, folders, limits, hangMilliseconds } = campaign;
  const current = new SharedArrayBuffer(4);
  const cases = new Int32Array(current);
  Atomics.store(cases, 0, -1);
  const workerData: WorkerOrder = { target, seed, first, end, deadline, folders, limits, current };
  const worker = new Worker(join(import.meta.dirname, "worker.ts"), {
    workerData,
    resourceLimits: { maxOldGenerationSizeMb: heapMegabytes },
  });
  let isDone = false;
  const ended = new Promise<string | undefined>((resolve) => {
    worker.on("message", (message: WorkerMessage) => {
      if (message.kind === "done") isDone = true;
      onMessage(message);
    });
    worker.on("error", (error) => resolve(`the thread died: ${String(error)}`));
    worker.on("exit", () => resolve(isDone ? undefined : "the thread ended"));
  });
  let watched = { index: -1, since: Date.now() };
  const hung = new Promise<string>((resolve) => {
    const timer = setInterval(() => {
      const index = Atomics.load(cases, 0);
      if (index !== watched.index) watched = { index, since: Date.now() };
      // Opening a target is no case, but must end too.
      const patience = index < 0 ? 60_000 : hangMilliseconds;
      if (Date.now() - watched.since > patience) resolve(`no end after ${patience} ms`);
    }, pollMilliseconds);
    ended.then(() => clearInterval(timer));
  });
  const fault = await Promise.race([ended, hung]);
  const index = Atomics.load(cases, 0);
  await worker.terminate();
  if (index < 0 && fault !== undefined) throw new Error(`The target ${target} can't be opened: ${fault}`);
  return { index, fault };
}
