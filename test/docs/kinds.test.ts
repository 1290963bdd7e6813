import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const codes = /export type ProblemCode =([\s\S]*?);/.exec(readFileSync(join(root, "src/check/report.ts"), "utf8"))?.[1];

describe("the kinds of problems in docs/masters.md", () => {
  it("are those that the checker has", () => {
    const known = [...(codes ?? "").matchAll(/"([a-z-]+)"/g)].map(([, code]) => code);
    const document = readFileSync(join(root, "docs/masters.md"), "utf8").split("\n## Checking one")[1] ?? "";
    const rows = document.split("\n").filter((line) => /^\| `[a-z]+(?:-[a-z]+)*`(?: `[a-z-]+`)* \|/.test(line));
    const told = rows.flatMap((row) => [...(row.split("|")[1] ?? "").matchAll(/`([a-z-]+)`/g)].map(([, code]) => code));
    expect(known.length).toBeGreaterThan(30);
    expect(told.filter((code) => !known.includes(code))).toEqual([]);
    expect(known.filter((code) => !told.includes(code))).toEqual([]);
  });
});
