import { describe, expect, it } from "vitest";
import { parseCsv } from "../../../src/catalogue/csv.ts";
import { parseReport } from "../../../src/operation/kept-report.ts";
import { dollarsFor } from "../../../src/operation/prices.ts";
import { billOfTask } from "../../../src/operation/task-bill.ts";
import { describeFailure, formatClock, isWell, progressOf } from "../../../src/task/progress.ts";
import { formatReportCsv } from "../../../src/task/report-csv.ts";
import { formatTaskDollars } from "../../../src/task/task-cost.ts";
import { codeOf } from "../../support/code-of.ts";
import { counted, makeItem, makeReport, makeStatus, taskId } from "../../support/task-answers.ts";

describe("the bill of a task", () => {
  it("has the amounts that follow from what was measured, and says of each from what", () => {
    const { lines, dollars } = billOfTask(makeReport());
    const amounts = Object.fromEntries(lines.map(({ name, amount }) => [name.replace(/ \(.*/, ""), amount]));
    // 300 items and 4 tries more; 1,234 MB in parts of 8 MiB; one page of a listing.
    expect(amounts).toEqual({
      "R2 class A": 2,
      "R2 class B": 2 * 304 + 147,
      "Worker CPU": 30_500,
      "Durable Object requests": 608,
      "Durable Object rows written": 8 * 304,
      Queues: 3 * 304,
      Workflows: 4,
    });
    expect(dollars).toBeCloseTo(lines.reduce((sum, line) => sum + line.dollars, 0));
    expect(lines.every(({ estimatedFrom }) => estimatedFrom !== "")).toBe(true);
  });

  it("says what CPU would come to if all of the time had been computing", () => {
    const most = formatTaskDollars(dollarsFor("cpu", 42_500));
    expect(billOfTask(makeReport()).notCounted.join(" ")).toContain(
      `all 42.5 seconds had been computing, CPU would come to ${most}`,
    );
  });

  it("has no reads of a task that warms: the Worker of images is charged for them", () => {
    const { lines, notCounted } = billOfTask(makeReport({ kind: "warm", settings: {} }));
    expect(lines.find(({ name }) => name.startsWith("R2 class B"))?.amount).toBe(0);
    expect(notCounted.join(" ")).toContain("tessera cost");
  });

  it("has no try of what was cancelled", () => {
    const report = makeReport({ counts: counted({ done: 1, cancelled: 99 }), retries: 0 });
    expect(billOfTask(report).lines.find(({ name }) => name === "Queues")?.amount).toBe(3);
  });
});

describe("dollars of a task", () => {
  it.each([
    [0, "$0.00"],
    [0.00003, "less than $0.0001"],
    [0.00123, "$0.0012"],
    [36.541, "$36.54"],
  ])("%d are written as %s", (dollars, text) => {
    expect(formatTaskDollars(dollars)).toBe(text);
  });
});

describe("a report as a table", () => {
  const tableOf = (change: Parameters<typeof makeReport>[0]) => {
    const report = makeReport(change);
    return formatReportCsv(report, billOfTask(report));
  };

  it("has one row, and the head of every other report, so that they are put together", () => {
    const [head, row, ...others] = tableOf({}).split("\r\n");
    expect(others).toEqual([""]);
    expect(tableOf({ kind: "warm", seconds: {}, name: "x" }).split("\r\n")[0]).toBe(head);
    const { rows } = parseCsv(new TextEncoder().encode(`${head}\r\n${row}`), []);
    const [names = [], values = []] = rows.map(({ cells }) => cells);
    const cell = (name: string) => values[names.indexOf(name)];
    expect([
      cell("task"),
      cell("images"),
      cell("failed"),
      cell("seconds"),
      cell("read_p95"),
      cell("verify_seconds"),
    ]).toEqual([taskId, "300", "2", "750", "0.12", "30.5"]);
  });

  it("has names as text that a spreadsheet would take for formulas, and quotes", () => {
    expect(tableOf({ name: '=HYPERLINK("x"),1' })).toContain(`,"'=HYPERLINK(""x""),1",`);
  });
});

describe("a kept report", () => {
  const text = (change: object = {}) => JSON.stringify({ ...makeReport(), ...change });
  const parse = (stored: string) => parseReport(new TextEncoder().encode(stored), taskId);

  it("is read as it was written", () => {
    expect(parse(text())).toEqual(makeReport());
  });

  it.each([
    ["is not JSON", "{"],
    ["lacks a part", text({ median: undefined })],
    ["has a negative figure", text({ spread: [{ from: 0, items: -1 }] })],
    ["is of another task", text().replace(taskId, "20261129-104826-000000000000")],
  ])("is refused if it %s", (_, stored) => {
    expect(codeOf(() => parse(stored))).toBe("record-malformed");
  });
});

describe("how far a task is", () => {
  it("counts what has ended, whichever way", () => {
    expect(progressOf(makeStatus().counts)).toEqual({ ended: 120, total: 300, part: 0.4 });
    expect(progressOf(counted({}))).toEqual({ ended: 0, total: 0, part: 0 });
  });

  it("is well only where everything is done", () => {
    expect(isWell({ state: "done", counts: counted({ done: 2, kept: 1 }) })).toBe(true);
    expect(isWell({ state: "done", counts: counted({ done: 2, refused: 1 }) })).toBe(false);
    expect(isWell({ state: "cancelled", counts: counted({ done: 2 }) })).toBe(false);
  });

  it("is told in minutes and hours, and failures with the command that does it", () => {
    expect([formatClock(7), formatClock(750), formatClock(3723)]).toEqual(["0:07", "12:30", "1:02:03"]);
    const failure = { code: "too-large", message: "It is too large.", command: "tessera verify" };
    expect(describeFailure(makeItem({ failure }))).toBe("It is too large. Run tessera verify. (too-large)");
  });
});
