import { createExecutionContext, createMessageBatch, createScheduledController, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { TaskRegister } from "../../src/batch/task-register.ts";
import worker from "../../src/jobs-worker.ts";
import type { TaskFaults } from "../../src/task/answers.ts";
import { makeTiff } from "../support/make-tiff.ts";
import { answerOf, door, putMaster, untilReported } from "../support/tasks.ts";

const bindings = env as unknown as JobsEnv;

beforeAll(async () => {
  const file = await makeTiff({ width: 120, height: 90, tile: 64, levels: 2, compression: "deflate" });
  for (const key of ["posted/1", "posted/2"]) await putMaster(key, file);
});

/** Announces what was put into INBOX, as R2 does. Returns what becomes of the message. */
async function announce(key: string) {
  const body = { account: "a", action: "PutObject", bucket: "tessera-inbox", object: { key, size: 1, eTag: "e" } };
  const batch = createMessageBatch("tessera-inbox", [{ id: crypto.randomUUID(), timestamp: 0, attempts: 1, body }]);
  const context = createExecutionContext();
  await worker.queue(batch as never, bindings, context);
  return getQueueResult(batch, context);
}

async function readJson<T>(key: string): Promise<T | undefined> {
  return (await env.INBOX.get(key))?.json<T>();
}

const tasksOf = async (key: string) => {
  const { tasks } = answerOf(await door.list(undefined));
  const all = await Promise.all(tasks.map(async ({ id }) => answerOf(await door.status(id))));
  return all.filter(({ operator }) => operator === key);
};

describe("a task file in INBOX", () => {
  it.each([
    ["posted.json", '{"kind": "check", "name": "Posted", "from": {"prefix": "posted/"}}'],
    ["posted.csv", "kind;name;prefix\ncheck;Posted;posted/\n"],
  ])("is started once, however often it is announced: %s", async (key, text) => {
    await env.INBOX.put(key, text);
    for (let again = 0; again < 2; again++) expect((await announce(key)).explicitAcks).toHaveLength(1);
    const started = await readJson<{ readonly id: string }>(`${key}.started.json`);
    const status = await untilReported(started?.id ?? "");
    expect(status).toMatchObject({ name: "Posted", operator: key, state: "done", counts: { done: 2 } });
    expect(await tasksOf(key)).toHaveLength(1);
    // What is written beside it is announced too.
    await announce(`${key}.started.json`);
    expect(await env.INBOX.head(`${key}.started.json.faults.json`)).toBeNull();
  });

  it("starts nothing where it is faulty, says all that is wrong beside it, and is started once it is mended", async () => {
    const key = "faulty.csv";
    await env.INBOX.put(key, "kind,kye\nverfy,a\n");
    await announce(key);
    const told = await readJson<TaskFaults>(`${key}.faults.json`);
    expect(told?.etag).toBe((await env.INBOX.head(key))?.etag);
    expect(told?.faults.map(({ place }) => place)).toEqual(["row 1, column B", "row 2, column A", undefined]);
    expect(await tasksOf(key)).toEqual([]);
    await env.INBOX.put(key, "kind,key\nverify,posted/1\n");
    await announce(key);
    expect(await env.INBOX.head(`${key}.faults.json`)).toBeNull();
    const [task] = await tasksOf(key);
    expect(await untilReported(task?.id ?? "")).toMatchObject({ counts: { done: 1 } });
  });

  it("is found by the cron where nothing told of it, and nothing else is", async () => {
    await env.INBOX.put("forgotten.json", '{"kind": "check", "from": {"prefix": "posted/1"}}');
    for (const key of ["scans/1.json", "scan.tif"]) await env.INBOX.put(key, "{}");
    await worker.scheduled(createScheduledController(), bindings);
    expect(answerOf(await door.sweep()).tasks.length).toBeGreaterThan(0);
    expect(await tasksOf("forgotten.json")).toHaveLength(1);
    const { objects } = await env.INBOX.list({ prefix: "scan" });
    expect(objects.map(({ key }) => key)).toEqual(["scan.tif", "scans/1.json"]);
  });
});

describe("a task that is sent", () => {
  it("is started once by one sending, however often it comes", async () => {
    const bytes = new TextEncoder().encode('{"kind": "check", "from": {"prefix": "posted/"}}');
    const other = new TextEncoder().encode('{"kind": "verify", "from": {"prefix": "posted/"}}');
    const ids = [];
    for (const [file, sending] of [
      [bytes, "one"],
      [bytes, "one"],
      [bytes, "two"],
      [other, "one"],
      [bytes, undefined],
      [bytes, undefined],
    ] as const) {
      ids.push(answerOf(await door.submit({ bytes: file, form: "json", operator: "sender", sending })).id);
    }
    expect(ids[1]).toBe(ids[0]);
    expect(new Set(ids).size).toBe(5);
    for (const id of ids) expect(await untilReported(id)).toMatchObject({ counts: { done: 2 } });
  });
});

describe("what the cron looks through", () => {
  it("is gone on with where the last look ended", async () => {
    const register = () => (env.REGISTER as DurableObjectNamespace<TaskRegister>).getByName("walked");
    expect(await register().place("inbox")).toBeUndefined();
    await register().keepPlace("inbox", "m.json");
    await register().keepPlace("tasks", "20261129-104826-3fa85f645717");
    expect(await register().place("inbox")).toBe("m.json");
    await register().keepPlace("inbox", undefined);
    expect(await register().place("inbox")).toBeUndefined();
    expect(await register().place("tasks")).toBe("20261129-104826-3fa85f645717");
    // Behind the place is where a look begins, and it begins anew once it has come to the end.
    await bindings.REGISTER.getByName("service").keepPlace("inbox", "n");
    const task = '{"kind": "check", "from": {"prefix": "posted/"}}';
    await env.INBOX.put("a-walked.json", task);
    await env.INBOX.put("z-walked.json", task);
    await door.sweep();
    expect(await readJson("z-walked.json.started.json")).toBeDefined();
    expect(await readJson("a-walked.json.started.json")).toBeUndefined();
    await door.sweep();
    expect(await readJson("a-walked.json.started.json")).toBeDefined();
  });
});
