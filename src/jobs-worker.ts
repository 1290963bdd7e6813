import { WorkerEntrypoint, WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from "cloudflare:workers";
import webpDecoder from "@jsquash/webp/codec/dec/webp_dec.wasm";
import webpEncoder from "@jsquash/webp/codec/enc/webp_enc_simd.wasm";
import lcms from "lcms-wasm/dist/lcms.wasm";
import kernel from "../build/kernel.wasm";
import jpeg2000Decoder from "../build/openjpeg.wasm";
import { buryItem, type ItemDelivery } from "./batch/consume.ts";
import { consumeBatch } from "./batch/consume-batch.ts";
import { takeFromInbox } from "./batch/inbox.ts";
import { readItemsAtOnce } from "./batch/items-at-once.ts";
import type { Jobs, RunParams } from "./batch/jobs.ts";
import { readLargeAbove } from "./batch/large-above.ts";
import { runLargeRemake } from "./batch/large-remake.ts";
import type { ClaimedItem, ItemMessage } from "./batch/ledger-calls.ts";
import { SlowItems } from "./batch/slow-items.ts";
import { runTask } from "./batch/task-run.ts";
import { openTaskDoor } from "./batch/tasks-door.ts";
import { watchTasks } from "./batch/watch.ts";
import { keptLimits } from "./budget/isolate-memory.ts";
import { MemoryBudget } from "./budget/memory-budget.ts";
import { IsolateCache } from "./cache/isolate.ts";
import type { ColorTable } from "./color/table.ts";
import { readConfig } from "./config.ts";
import { inJurisdiction } from "./jurisdiction.ts";
import type { Ledger } from "./ledger.ts";
import type { HeldMark } from "./marks/store.ts";
import { againSeconds } from "./operation/purge-again.ts";
import { openKernels } from "./picture.ts";
import type { ItemQuery, SentTask, TaskAction, TaskDoor } from "./task/door.ts";
import { platformClock } from "./timers.ts";

export { TaskLedger } from "./batch/task-ledger.ts";
export { TaskRegister } from "./batch/task-register.ts";

/** Queues of what was given up are called so. */
const deadEnding = "-dead";

const budget = new MemoryBudget(platformClock);
const tools = {
  kernels: openKernels({ kernel, webpDecoder, webpEncoder, jpeg2000Decoder }),
  colorTables: { kept: new IsolateCache<ColorTable>(keptLimits.colorTables), module: lcms },
};
const heldMarks = new IsolateCache<HeldMark>(keptLimits.marks);

/** What R2 tells a queue of an object that was put. */
interface PutNotice {
  readonly object: { readonly key: string };
}

/** Places of this isolate. */
const slow = new SlowItems();

/** Where it is set, an acknowledged delivery is taken before all that it began has ended. Source: Workers, compatibility flags. */
const goesOn = Cloudflare.compatibilityFlags.queue_consumer_no_wait_for_wait_until === true;

export default {
  async queue(batch: MessageBatch<ItemMessage | PutNotice>, env, context): Promise<void> {
    const jobs = openJobs(env);
    const items: ItemDelivery[] = [];
    for (const message of batch.messages) {
      const { body } = message;
      if (isNotice(body)) await takeNotice(jobs, message, body);
      else items.push(Object.assign(deliveryOf(message), { body }));
    }
    if (batch.queue.endsWith(deadEnding)) {
      for (const delivery of items) await buryItem(jobs, delivery);
      return;
    }
    const atOnce = readItemsAtOnce(env.ITEMS_AT_ONCE);
    const goOn = (work: Promise<void>): void => context.waitUntil(work);
    await consumeBatch(jobs, items, { atOnce, beside: goesOn ? { slow, goOn } : undefined });
  },
  /** By cron: what was forgotten is taken up. */
  async scheduled(_, env) {
    await watchTasks(openJobs(env));
  },
} satisfies ExportedHandler<JobsEnv, ItemMessage | PutNotice>;

async function takeNotice(jobs: Jobs, message: Message<unknown>, { object: { key } }: PutNotice): Promise<void> {
  try {
    await takeFromInbox(jobs, key);
    message.ack();
  } catch (error) {
    log({ level: "error", message: "a file of INBOX was not taken", key, cause: String(error) });
    message.retry({ delaySeconds: 10 });
  }
}

/** Whatever a queue may bring: what is no notice is taken for an item, and refused there if it is none. */
function isNotice(body: unknown): body is PutNotice {
  return typeof body === "object" && body !== null && "object" in body;
}

function deliveryOf(message: Message<unknown>) {
  const { id, attempts } = message;
  return { id, attempts, ack: () => message.ack(), retry: (options?: QueueRetryOptions) => message.retry(options) };
}

/** A task as a whole. */
export class TaskRun extends WorkflowEntrypoint<JobsEnv, RunParams> {
  override async run({ payload }: Readonly<WorkflowEvent<RunParams>>, step: WorkflowStep): Promise<void> {
    await runTask(openJobs(this.env), payload.task, step);
  }
}

/** A conversion that is larger than a message may take. */
export class RemakeRun extends WorkflowEntrypoint<JobsEnv, ClaimedItem> {
  override async run({ payload }: Readonly<WorkflowEvent<ClaimedItem>>, step: WorkflowStep): Promise<void> {
    await runLargeRemake(openJobs(this.env), payload, step);
  }
}

/** What the Worker of images asks for. */
export class Tasks extends WorkerEntrypoint<JobsEnv> implements TaskDoor {
  get #door(): TaskDoor {
    return openTaskDoor(openJobs(this.env));
  }

  submit(sent: SentTask) {
    return this.#door.submit(sent);
  }

  list(before: string | undefined) {
    return this.#door.list(before);
  }

  status(id: string) {
    return this.#door.status(id);
  }

  items(id: string, query: ItemQuery) {
    return this.#door.items(id, query);
  }

  act(id: string, action: TaskAction) {
    return this.#door.act(id, action);
  }

  sweep() {
    return this.#door.sweep();
  }
}

/** Made once for an environment, which does not change while an isolate lives. */
const jobsOf = new WeakMap<JobsEnv, Jobs>();

function openJobs(env: JobsEnv): Jobs {
  const known = jobsOf.get(env);
  if (known !== undefined) return known;
  const config = readConfig({ ...env });
  const { MASTERS: masters, CATALOGUE: catalogue, INBOX: inbox, SCRATCH: scratch, EXPORTS: exports } = env;
  // A service may do without a search.
  const { SEARCH: search } = env as Partial<JobsEnv>;
  const jobs: Jobs = {
    buckets: { masters, catalogue, inbox, scratch, exports },
    search,
    ledgerOf: (task) => inJurisdiction(env.LEDGERS, config).getByName(task),
    register: () => inJurisdiction(env.REGISTER, config).getByName("service"),
    queue: env.ITEMS,
    runs: env.RUNS,
    remakes: env.REMAKES,
    largeAbovePixels: readLargeAbove(env.LARGE_ABOVE_MEGAPIXELS),
    images: env.IMAGES,
    purge: (tags) =>
      inJurisdiction(env.LEDGER as DurableObjectNamespace<Ledger>, config)
        .getByName("service")
        .purge(tags, againSeconds(config)),
    tools,
    marks: {
      storage: { bucket: catalogue, clock: platformClock, timeoutSeconds: config.storageTimeoutSeconds },
      kernels: tools.kernels,
      budget,
      clock: platformClock,
      held: heldMarks,
      ttlSeconds: config.masterTtlSeconds,
    },
    budget,
    clock: platformClock,
    config,
    log,
  };
  jobsOf.set(env, jobs);
  return jobs;
}

function log(line: object): void {
  // biome-ignore lint/suspicious/noConsole: it is the log of the platform.
  console.log(JSON.stringify(line));
}
