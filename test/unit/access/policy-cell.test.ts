import { describe, expect, it } from "vitest";
import { formatPolicyCell, policyCells, readPolicyCell } from "../../../src/access/policy-cell.ts";

const cellOf = (column: string) => {
  const cell = policyCells.find((one) => one.column === column);
  if (cell === undefined) throw new Error(`there is no column ${column}`);
  return cell;
};

describe("a part of a policy", () => {
  it.each([
    ["access", "role:staff|friends"],
    ["embargo", "2031-01-01"],
    ["embargo_access", "network:reading-room"],
    ["open_until", "2031-01-01T09:00:00Z"],
    ["public_size", "400"],
    ["redact", "0,0,10,20;5,6,7,8"],
    ["watermark", "house-mark"],
  ])("%s is read as it is written", (column, text) => {
    const cell = cellOf(column);
    const policy = readPolicyCell(cell, text);
    expect(policy).toBeDefined();
    expect(formatPolicyCell(cell, policy ?? {})).toBe(text);
    expect(Object.keys(policy ?? {})).toEqual([cell.field]);
  });

  it.each([
    ["access", "Open"],
    ["access", "role:"],
    ["embargo", "2031-02-30"],
    ["embargo", "01.01.2031"],
    ["public_size", "0"],
    ["public_size", "400px"],
    ["public_size", "1000001"],
    ["redact", "1,2,3"],
    ["redact", "1,2,0,4"],
    ["redact", "-1,2,3,4"],
    ["redact", "1,2,3,4;x"],
    ["redact", Array.from({ length: 65 }, () => "1,2,3,4").join(";")],
    ["watermark", "House Mark"],
  ])("%s is not %s", (column, text) => {
    expect(readPolicyCell(cellOf(column), text)).toBeUndefined();
  });

  it("is nothing where the policy does not state it", () => {
    expect(policyCells.map((cell) => formatPolicyCell(cell, {}))).toEqual(policyCells.map(() => undefined));
  });
});
