import { env, type WorkflowEvent } from "cloudflare:workers";
import worker, { RemakeRun, TaskRun } from "../../src/jobs-worker.ts";
import { act, answerOf, door, untilReported } from "./tasks.ts";

/** How often it is looked, in milliseconds. Nothing depends on it. */
const lookMilliseconds = 25;

/** Messages for items that were sent and not taken from the queue, nor from that of dead letters. */
let messages = 0;

/** Deliveries that are worked on, and what they go on with once they are answered. */
const deliveries = new Set<Promise<unknown>>();

/** Ids of instances of workflows that were created and have not ended. */
const runs = new Set<string>();

/** Ids of tasks that have ended. */
const ended = new Set<string>();

watchQueue();
watchDeliveries();
watchRuns();

/**
 * Has all tasks end that were begun, and waits until nothing is left of them: no message, delivery or run. What goes on after
 * the last test calls for modules when there is nobody any more to bring them, which fails the run of Vitest.
 */
export async function endWork(): Promise<void> {
  for (const id of await listTasks()) {
    if (ended.has(id)) continue;
    const { report } = answerOf(await door.status(id));
    if (report === undefined) await act(id, "cancel");
    await untilReported(id);
    ended.add(id);
  }
  while (messages > 0 || deliveries.size > 0 || runs.size > 0) {
    await new Promise((done) => setTimeout(done, lookMilliseconds));
  }
}

/** Ends a run as if the platform had lost it. */
export async function loseRun(id: string): Promise<void> {
  await (await env.RUNS.get(id)).terminate();
  runs.delete(id);
}

async function listTasks(): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let before: string | undefined, isMore = true; isMore; isMore = before !== undefined) {
    const { tasks, next } = answerOf(await door.list(before));
    ids.push(...tasks.map(({ id }) => id));
    before = next;
  }
  return ids;
}

function watchQueue(): void {
  const prototype = Object.getPrototypeOf(env.ITEMS) as Pick<Queue, "send" | "sendBatch">;
  const { send, sendBatch } = prototype;
  prototype.send = function (this: Queue, ...given) {
    messages += 1;
    return send.apply(this, given);
  };
  prototype.sendBatch = function (this: Queue, sent, ...options) {
    const all = [...sent];
    messages += all.length;
    return sendBatch.call(this, all, ...options);
  };
}

function watchDeliveries(): void {
  const { queue } = worker;
  worker.queue = (batch, bindings, context) => {
    for (const message of batch.queue.startsWith("tessera-items") ? batch.messages : []) {
      const ack = message.ack.bind(message);
      Object.defineProperty(message, "ack", {
        value: () => {
          messages -= 1;
          ack();
        },
      });
    }
    const waitUntil = context.waitUntil.bind(context);
    Object.defineProperty(context, "waitUntil", { value: (work: Promise<unknown>) => waitUntil(watch(work)) });
    return watch(queue(batch, bindings, context));
  };
}

function watch<Result>(work: Promise<Result>): Promise<Result> {
  deliveries.add(work);
  const drop = (): void => void deliveries.delete(work);
  work.then(drop, drop);
  return work;
}

function watchRuns(): void {
  const prototype = Object.getPrototypeOf(env.RUNS) as Pick<Workflow, "create">;
  const { create } = prototype;
  prototype.create = async function (this: Workflow, options) {
    const id = options?.id ?? "";
    runs.add(id);
    try {
      return await create.call(this, options);
    } catch (error) {
      runs.delete(id);
      throw error;
    }
  };
  for (const { prototype } of [TaskRun, RemakeRun]) {
    const { run } = prototype as { run: (event: WorkflowEvent<never>, step: never) => Promise<void> };
    Object.assign(prototype, {
      async run(event: WorkflowEvent<never>, step: never) {
        try {
          await run.call(this, event, step);
        } finally {
          runs.delete(event.instanceId);
        }
      },
    });
  }
}
