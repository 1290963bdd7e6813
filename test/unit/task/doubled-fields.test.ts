import { describe, expect, it } from "vitest";
import { findDoubledFields } from "../../../src/task/doubled-fields.ts";

describe("fields that stand twice in a JSON text", () => {
  it.each([
    ['{"a": 1, "b": [2, {"a": 3}], "c": {"a": "a", "b": "x"}}', []],
    ['{"a": 1, "b": {"c": 1, "c": 2}, "a": 2}', [["b", "c"], ["a"]]],
    ['[{"k": 1}, {"k": 1, "\\u006b": 2}]', [[1, "k"]]],
    ['{"a": "{\\"b\\": 1, \\"b\\": 2}", "b": ["a", "a"]}', []],
    ["3", []],
  ] as const)("are found with the way to them: %s", (text, found) => {
    JSON.parse(text);
    expect(findDoubledFields(text)).toEqual(found);
  });
});
