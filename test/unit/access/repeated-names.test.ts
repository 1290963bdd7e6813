import { describe, expect, it } from "vitest";
import { repeatedNames } from "../../../src/access/repeated-names.ts";

describe("names that stand more than once in an object of JSON", () => {
  it.each([
    ['{"a":1,"a":2}', ["a"]],
    ['{"a":{"b":1,"c":[{"d":1},{"d":1,"d":2}],"b":3}}', ["a.c.d", "a.b"]],
    ['{"access":[],"\\u0061ccess":[]}', ["access"]],
    ['{"a" : 1, "a"\n: 1, "a":1}', ["a"]],
    ['[{"x":{}},{"x":{},"x":{}}]', ["x"]],
    ['{"__proto__":1,"__proto__":2}', ["__proto__"]],
  ])("are found in %s", (json, found) => {
    expect(repeatedNames(json)).toEqual(found);
  });

  it.each([
    "{}",
    '{"a":{"a":{"a":1}}}',
    '[{"a":1},{"a":1}]',
    '{"a":"b","b":"a"}',
    '{"a":"\\"a\\":1,{","c":["a","a"]}',
    '{"a\\\\":1,"a":2}',
    "",
  ])("are not seen in %s", (json) => {
    expect(repeatedNames(json)).toEqual([]);
  });
});
