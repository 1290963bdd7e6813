import { describe, expect, it } from "vitest";
import { billOfTask } from "../../../src/operation/task-bill.ts";
import type { Site } from "../../../src/pages/site.ts";
import { formatTaskListPage } from "../../../src/pages/task-list-page.tsx";
import { formatTaskPage } from "../../../src/pages/task-page.tsx";
import { formatTaskReportPage } from "../../../src/pages/task-report-page.tsx";
import type { TaskStatus } from "../../../src/task/answers.ts";
import { counted, makeItem, makeReport, makeStatus, taskId } from "../../support/task-answers.ts";
import { addresses } from "../../support/works.ts";

const site: Site = { name: "The Museum", addresses, hasAssets: true, isSearched: true, helpUrl: "/errors" };
const hostile = `"><script>alert(1)</script><img src=x onerror='alert(2)'>`;
const failure = { code: hostile, message: hostile, command: hostile };
const hostileTask: Partial<TaskStatus> = {
  ...{ name: hostile, collection: hostile, operator: hostile, fault: failure },
  ...{ from: { prefix: hostile, suffix: hostile }, report: "tasks/x/report.json" },
};
const item = makeItem({ key: hostile, identifier: hostile, note: hostile, failure });

const pageOf = (change: Partial<TaskStatus> = {}) => formatTaskPage(site, { status: makeStatus(change), notDone: [] });
const buttonsOf = (html: string) => Array.from(html.matchAll(/name="action" value="(\w+)"/g), ([, action]) => action);

describe("the pages of tasks", () => {
  it("write nothing hostile as HTML, and have no script, no style and no handler written in them", () => {
    const report = { ...makeReport(hostileTask), slowest: [item], failures: [item] };
    for (const html of [
      formatTaskListPage(site, { tasks: [makeStatus(hostileTask)], next: hostile }),
      formatTaskPage(site, { status: makeStatus(hostileTask), notDone: [item] }),
      formatTaskReportPage(site, report, billOfTask(report)),
    ]) {
      expect(html).toContain("&lt;script&gt;");
      expect(html.replace('<script src="/tasks.js" type="module"></script>', "")).not.toMatch(
        /<script|<img src=x| style=| on[a-z]+=(?!&)|<style/,
      );
    }
  });

  it("say in words what their bars show", () => {
    expect(pageOf()).toContain(
      'aria-valuemin="0" aria-valuemax="300" aria-valuenow="120" aria-valuetext="120 of 300 items have ended, 40 %"',
    );
    expect(pageOf()).toContain('role="progressbar"');
    expect(pageOf()).toContain("120 of 300 items · 24 a minute · 7:30 left");
    expect(pageOf()).toContain("<dt>objects</dt><dd>maps/….tif</dd>");
    expect(pageOf({ from: { prefix: "" } })).toContain("<dt>objects</dt><dd>all</dd>");
  });

  it.each([
    ["running", {}, ["pause", "cancel", "retry"]],
    ["running", { counts: counted({ waiting: 1 }) }, ["pause", "cancel"]],
    ["paused", { counts: counted({ waiting: 1 }) }, ["resume", "cancel"]],
    ["done", { counts: counted({ done: 1, refused: 1 }) }, []],
    ["done", { counts: counted({ failed: 1 }) }, ["retry"]],
    ["cancelled", { counts: counted({ cancelled: 1 }) }, ["retry"]],
    ["failed", { counts: counted({}) }, ["retry"]],
  ] as const)("offer of a task that is %s what can be done with it: %j", (state, change, actions) => {
    expect(buttonsOf(pageOf({ state, ...change }))).toEqual(actions);
  });

  it("have the script that looks again only while there is something to see", () => {
    expect(pageOf()).toContain('<script src="/tasks.js"');
    expect(pageOf()).toContain(`<a href="/admin/tasks/${taskId}/">Look again</a>`);
    expect(pageOf({ state: "done" })).toContain("Look again");
    expect(pageOf({ state: "done", report: "tasks/x/report.json" })).not.toMatch(/tasks\.js|Look again|id="live"/);
    expect(formatTaskListPage({ ...site, hasAssets: false }, { tasks: [makeStatus()] })).not.toContain("<script");
  });

  it("show of a report the parts of time that there is an item in, and those between", () => {
    const report = makeReport();
    const html = formatTaskReportPage(site, report, billOfTask(report));
    expect(html.match(/<th scope="row">[^<]*(?=<svg)/g)).toEqual(
      ["read", "verify", "0.1 to 0.2", "0.2 to 0.5", "0.5 to 1"].map((name) => `<th scope="row">${name}`),
    );
    expect(html).toContain(`<a href="/admin/tasks/${taskId}/report?format=csv">`);
  });
});
