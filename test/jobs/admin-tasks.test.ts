import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { maxTaskFileBytes } from "../../src/limits.ts";
import type { ItemPage, TaskList, TaskStatus } from "../../src/task/answers.ts";
import worker from "../../src/worker.ts";
import { makeTiff } from "../support/make-tiff.ts";
import { door, putMaster, untilReported } from "../support/tasks.ts";

const secret = "correct-horse-battery-staple";

beforeAll(async () => {
  const file = await makeTiff({ width: 301, height: 201, tile: 64, levels: 2, compression: "deflate" });
  for (const key of ["asked/1", "asked/2"]) await putMaster(key, file);
});

beforeEach(() => void vi.spyOn(console, "log").mockImplementation(() => undefined));

/** Asks the Worker of images, bound to that of jobs. */
async function ask(path: string, { method = "GET", type = "application/json", body = "", credentials = secret } = {}) {
  const context = createExecutionContext();
  const headers = { Authorization: `Bearer ${credentials}`, Accept: "application/json", "Content-Type": type };
  const request = new Request(`https://images.example/admin/tasks${path}`, {
    method,
    headers,
    ...(method === "POST" ? { body } : {}),
  });
  const bound = { ...env, DERIVATIVES: env.SCRATCH, JOBS: door, ADMIN_SECRET: secret, STATISTICS_SECONDS: "0" };
  const answer = await worker.fetch(request as never, bound as unknown as Env, context);
  const text = await answer.text();
  await waitOnExecutionContext(context);
  const json = /json/.test(answer.headers.get("Content-Type") ?? "") ? JSON.parse(text) : undefined;
  return { status: answer.status, text, json };
}

const post = (path: string, body: string, type = "application/json") => ask(path, { method: "POST", body, type });

describe("/admin/tasks", () => {
  it("starts a task, lists it, and shows it and its items", async () => {
    const sent = await post("", JSON.stringify({ kind: "check", name: "Asked", from: { prefix: "asked/" } }));
    expect(sent.status).toBe(201);
    const { id } = sent.json as TaskStatus;
    await untilReported(id);
    expect((await ask(`/${id}`)).json).toMatchObject({ id, state: "done", operator: "secret", total: 2 });
    const { tasks } = (await ask("")).json as TaskList;
    expect(tasks.find((task) => task.id === id)).toMatchObject({ name: "Asked", state: "done", counts: { done: 2 } });
    const { items } = (await ask(`/${id}/items?state=done&after=1`)).json as ItemPage;
    expect(items.map(({ key, note }) => [key, note])).toEqual([["asked/2", expect.stringMatching(/^Served whole\./)]]);
    expect((await post("/sweep", "")).json.tasks[0]).toHaveProperty("counts");
    expect((await post(`/${id}/cancel`, "")).json).toMatchObject({ state: "done" });
  });

  it("takes CSV as it takes JSON", async () => {
    const sent = await post("", "kind,key\ncheck,asked/1\n", "text/csv; charset=utf-8");
    expect(sent.status).toBe(201);
    expect(await untilReported((sent.json as TaskStatus).id)).toMatchObject({ counts: { done: 1 } });
  });

  it("answers a faulty file with all its faults", async () => {
    const { status, json } = await post("", '{"kind": "chek", "from": {"prefix": 1}, "itms": []}');
    expect([status, json.code]).toEqual([422, "task-invalid"]);
    expect(json.faults.map(({ place }: { readonly place?: string }) => place)).toEqual(["itms", "from.prefix", "kind"]);
    expect(json.detail).toBe("The task has 3 faults, and nothing was started.");
  });

  it.each([
    ["a body of another kind", () => post("", "kind: check", "text/yaml"), 400, "body-malformed"],
    ["a body that is too long", () => post("", " ".repeat(maxTaskFileBytes + 1)), 413, "body-too-large"],
    ["a task that there is not", () => ask("/20261129-104826-000000000000"), 404, "not-found"],
    ["an action that there is not", () => post("/20261129-104826-000000000000/stop", ""), 404, "not-found"],
    ["a state that there is not", () => ask("/20261129-104826-000000000000/items?state=lost"), 400, "query-malformed"],
  ] as const)("refuses %s", async (_, asking, status, code) => {
    const answer = await asking();
    expect([answer.status, answer.json.code]).toEqual([status, code]);
  });

  it("lets nobody in who does not administer the service", async () => {
    expect((await ask("", { credentials: "guess" })).status).toBe(401);
  });
});

describe("a task that warms", () => {
  it("has the Worker of images make pictures, and finds nothing to do a second time", async () => {
    const task = { kind: "warm", from: { prefix: "asked/" }, settings: { sizes: ["100,", "50,"], formats: ["png"] } };
    const first = await untilReported(((await post("", JSON.stringify(task))).json as TaskStatus).id);
    expect(first).toMatchObject({ state: "done", counts: { done: 2 } });
    const second = await untilReported(((await post("", JSON.stringify(task))).json as TaskStatus).id);
    expect(second).toMatchObject({ state: "done", counts: { kept: 2, done: 0 } });
  });

  it("tells which picture is not answered", async () => {
    await putMaster("asked-wrong", new TextEncoder().encode("<html>"));
    const task = { kind: "warm", items: [{ key: "asked-wrong" }, { key: "nowhere" }] };
    const { id } = (await post("", JSON.stringify(task))).json as TaskStatus;
    expect(await untilReported(id)).toMatchObject({ counts: { failed: 2 } });
    const { items } = (await ask(`/${id}/items?state=failed`)).json as ItemPage;
    expect(items.map(({ failure }) => failure?.code)).toEqual(["source-unsupported", "not-found"]);
  });
});
