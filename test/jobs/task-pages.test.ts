import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { openSession } from "../../src/http/session.ts";
import { reportKey } from "../../src/task/report-key.ts";
import { makeTiff } from "../support/make-tiff.ts";
import { ask } from "../support/service.ts";
import { makeReport, taskId } from "../support/task-answers.ts";
import { door, send, untilReported } from "../support/tasks.ts";

const secret = "correct-horse-battery-staple";
const origin = "https://images.example";

/** The Worker of images, over the buckets of the Worker of jobs and bound to it. */
const bound = {
  ...{ ADMIN_SECRET: secret, DERIVATIVES: env.SCRATCH },
  JOBS: door,
};

let cookie: string;
beforeAll(async () => {
  cookie = `__Host-tessera-admin=${await openSession(secret, Date.now())}`;
  const file = await makeTiff({ width: 301, height: 201, tile: 64, levels: 2, compression: "deflate" });
  for (const key of ["shown/1", "shown/<b>2"]) await env.MASTERS.put(key, file);
});

beforeEach(() => void vi.spyOn(console, "log").mockImplementation(() => undefined));
afterEach(() => vi.restoreAllMocks());

const open = (path: string, changed: object = {}) =>
  ask(path, { headers: { Accept: "text/html", Cookie: cookie }, env: { ...bound, ...changed } });

const press = (fields: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}) =>
  ask("/admin/forms/tasks", {
    method: "POST",
    headers: {
      ...{ Accept: "text/html", Cookie: cookie, Origin: origin },
      ...{ "Content-Type": "application/x-www-form-urlencoded", ...headers },
    },
    body: new URLSearchParams(fields).toString(),
    env: bound,
  });

describe("the pages of tasks", () => {
  it("show a task that was worked on, what failed of it and its report, and try it again by a button", async () => {
    const { id } = await send({
      ...{ kind: "check", name: "<i>Two</i>" },
      items: ["shown/1", "shown/<b>2", "shown/missing"].map((key) => ({ key })),
    });
    await untilReported(id);
    const list = await open("/admin/tasks/");
    expect([list.status, list.headers.get("Cache-Control")]).toEqual([200, "no-store"]);
    expect(list.text).toContain(`<a href="/admin/tasks/${id}/">&lt;i&gt;Two&lt;/i&gt;</a>`);
    const task = await open(`/admin/tasks/${id}/`);
    expect(task.text).toContain('aria-valuetext="3 of 3 items have ended, 100 %"');
    expect(task.text).toContain("There is no object shown/missing in the bucket of masters. (not-found)");
    const report = await open(`/admin/tasks/${id}/report/`);
    expect(report.text).toMatch(/<th scope="row">shown\/&lt;b&gt;2<\/th><td class="short">done<\/td>/);
    expect(report.text).toMatch(/Queues<\/th><td class="number">9 operations/);
    await env.MASTERS.put("shown/missing", await (await env.MASTERS.get("shown/1"))!.arrayBuffer());
    const pressed = await press({ task: id, action: "retry" });
    expect([pressed.status, pressed.headers.get("Location")]).toEqual([303, `/admin/tasks/${id}/`]);
    await untilReported(id);
    const csv = await open(`/admin/tasks/${id}/report?format=csv`);
    expect(csv.headers.get("Content-Disposition")).toContain(`${id}.csv`);
    expect(csv.text.split("\r\n")[1]).toContain(`${id},check,<i>Two</i>,,done,`);
    const { task: kept, spread, cost } = JSON.parse((await open(`/admin/tasks/${id}/report`)).text);
    expect([kept.counts.done, kept.counts.failed]).toEqual([3, 0]);
    expect(spread.reduce((sum: number, { items }: { readonly items: number }) => sum + items, 0)).toBe(3);
    expect(cost.dollars).toBeGreaterThan(0);
  });

  it("are under a policy of their own, which lets the script run that looks again; other pages have none", async () => {
    const [tasks, administration] = await Promise.all(
      ["/admin/tasks/", "/admin/"].map(async (path) => (await open(path)).headers.get("Content-Security-Policy")),
    );
    expect(tasks).toContain("script-src 'self'; connect-src 'self'");
    expect([tasks, administration].every((policy) => policy?.includes("default-src 'none'"))).toBe(true);
    expect(administration).not.toContain("script-src");
  });

  it("are for those alone who administer, and buttons for those of the same site", async () => {
    for (const path of ["/admin/tasks/", `/admin/tasks/${taskId}/`, `/admin/tasks/${taskId}/report/`]) {
      const { status, text } = await ask(path, { headers: { Accept: "text/html" }, env: bound });
      expect([status, text]).toEqual([401, expect.stringContaining('class="sign-in"')]);
    }
    const foreign = await press({ task: taskId, action: "cancel" }, { Origin: "https://elsewhere.example" });
    expect(foreign.status).toBe(403);
    expect((await press({ task: taskId, action: "delete" })).text).toContain("(body-malformed)");
    expect((await press({ task: taskId, action: "cancel" })).text).toContain("(not-found)");
    for (const path of [`/admin/tasks/${taskId}/`, "/admin/tasks/..%2f..%2fx/"]) {
      expect((await open(path)).status).toBe(404);
    }
  });

  it("name on the page of who administers what runs, and say where no Worker of jobs is bound", async () => {
    const { text } = await open("/admin/");
    expect(text).toContain('<a href="/admin/tasks/">All tasks</a>');
    expect((await open("/admin/", { JOBS: undefined })).text).toContain(
      "No Worker of jobs is bound: there are no tasks.",
    );
    const unbound = await open("/admin/tasks/", { JOBS: undefined });
    expect([unbound.status, unbound.text]).toEqual([501, expect.stringContaining("(tasks-unavailable)")]);
    const down = { list: async () => Promise.reject(new Error("down")) };
    expect((await open("/admin/", { JOBS: down })).text).toContain("can’t be read now");
  });
});

describe("a kept report", () => {
  it("is read without the Worker of jobs", async () => {
    await env.CATALOGUE.put(reportKey(taskId), JSON.stringify(makeReport({ name: "Kept" })));
    const without = { JOBS: undefined };
    expect((await open(`/admin/tasks/${taskId}/report/`, without)).text).toContain("<h1>Report: Kept</h1>");
    const { status, text } = await open(`/admin/tasks/${taskId}/report`, without);
    expect([status, JSON.parse(text)]).toEqual([200, { ...makeReport({ name: "Kept" }), cost: expect.anything() }]);
  });

  it.each([
    ["20261129-104826-000000000000/report", undefined, "not-found"],
    ["..%2F..%2Frecords/report", undefined, "not-found"],
    [`${taskId}/report?format=xml`, undefined, "query-malformed"],
    [`${taskId}/report`, "{}", "record-malformed"],
  ])("is refused as %s, of %s, with %s", async (path, stored, code) => {
    if (stored !== undefined) await env.CATALOGUE.put(reportKey(taskId), stored);
    expect((await open(`/admin/tasks/${path}`)).text).toContain(`(${code})`);
  });

  it("is not read while storage is down", async () => {
    const down = { get: async () => Promise.reject(new Error("down")), head: async () => null, list: async () => ({}) };
    expect((await open(`/admin/tasks/${taskId}/report`, { CATALOGUE: down })).text).toContain("(storage-failed)");
  });
});
