import { env, exports } from "cloudflare:workers";
import type { ItemStatus, TaskStatus } from "../../src/task/answers.ts";
import type { Answered, TaskAction, TaskDoor, TaskRefusal } from "../../src/task/door.ts";
import type { ItemState } from "../../src/task/states.ts";

/** The entrypoint that the Worker of images calls, by the same kind of binding. */
export const door = (exports as unknown as { readonly Tasks: TaskDoor }).Tasks;

/** How often a test looks, in milliseconds. Nothing depends on it. */
const lookMilliseconds = 25;

/** Sends a task in JSON, or a text of CSV. Throws where it is refused. */
export async function send(task: object | string): Promise<TaskStatus> {
  return answerOf(await sendFile(task));
}

function sendFile(task: object | string): Promise<Answered<TaskStatus>> {
  const form = typeof task === "string" ? "csv" : "json";
  const bytes = new TextEncoder().encode(typeof task === "string" ? task : JSON.stringify(task));
  return door.submit({ bytes, form, operator: "tester" });
}

/** Returns an answer. Throws for a refusal. */
export function answerOf<T>(answer: Answered<T>): T {
  if ("value" in answer) return answer.value;
  throw new Error(`Refused: ${JSON.stringify(answer.refusal)}`);
}

/** Returns a refusal. Throws for an answer. */
export function refusalOf(answer: Answered<unknown>): TaskRefusal {
  if ("refusal" in answer) return answer.refusal;
  throw new Error(`Answered: ${JSON.stringify(answer.value)}`);
}

/** Does something to a task, and returns how it then stands. */
export async function act(id: string, action: TaskAction): Promise<TaskStatus> {
  return answerOf(await door.act(id, action));
}

/** Waits until a task stands as asked; what never comes ends with the test's own time. */
export async function until(id: string, isSo: (status: TaskStatus) => boolean): Promise<TaskStatus> {
  for (;;) {
    const status = answerOf(await door.status(id));
    if (isSo(status)) return status;
    await new Promise((done) => setTimeout(done, lookMilliseconds));
  }
}

/** Waits until a task has ended and its report is written. */
export function untilReported(id: string): Promise<TaskStatus> {
  return until(id, ({ report }) => report !== undefined);
}

/** Returns all items of a task, of one state or of all, page by page. */
export async function itemsOf(id: string, state?: ItemState): Promise<readonly ItemStatus[]> {
  const items: ItemStatus[] = [];
  for (let after: number | undefined = 0; after !== undefined; ) {
    const page: { readonly items: readonly ItemStatus[]; readonly next?: number } = answerOf(
      await door.items(id, { state, after }),
    );
    items.push(...page.items);
    after = page.next;
  }
  return items;
}

/** Puts a master as the ingest stores it, with its sum and size; `change` is what is written on it otherwise. */
export async function putMaster(
  key: string,
  bytes: Uint8Array,
  change: Readonly<Record<string, string>> = {},
): Promise<void> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
  const sha256 = Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
  await env.MASTERS.put(key, bytes, { customMetadata: { sha256, ...change } });
}

/** What happens at a call of a bucket before it is made: it may throw, wait, or do something else first. */
export type Planted = (call: "get" | "head" | "put", key: string) => Promise<void> | void;

/**
 * Plants what happens at calls of all buckets of this isolate, which are those of the Worker under test. Returns a function
 * that takes it away again.
 */
export function plant(planted: Planted): () => void {
  type Calls = Record<"get" | "head" | "put", (...given: unknown[]) => unknown>;
  const prototype = Object.getPrototypeOf(env.MASTERS) as Calls;
  const { get, head, put } = prototype;
  for (const [name, real] of [
    ["get", get],
    ["head", head],
    ["put", put],
  ] as const) {
    prototype[name] = async function (this: R2Bucket, ...given: unknown[]) {
      await planted(name, String(given[0]));
      return real.apply(this, given);
    };
  }
  return () => Object.assign(prototype, { get, head, put });
}

/** What happens when a ledger has answered a call, before its caller hears of it: it may throw. */
export type PlantedCall = (call: string, given: readonly unknown[]) => void;

/** Plants what happens between the ledgers of tasks and their callers. Returns a function that takes it away again. */
export function plantCalls(planted: PlantedCall): () => void {
  const prototype = Object.getPrototypeOf(env.LEDGERS) as { getByName: (name: string) => object };
  const { getByName } = prototype;
  prototype.getByName = function (this: unknown, name: string) {
    const stub = getByName.call(this, name) as Record<string, (...given: unknown[]) => Promise<unknown>>;
    return new Proxy(stub, {
      get:
        (_, call: string) =>
        async (...given: unknown[]) => {
          const answer = await stub[call]?.(...given);
          planted(call, given);
          return answer;
        },
    });
  };
  return () => Object.assign(prototype, { getByName });
}
