import { describe, expect, it } from "vitest";
import { isNoneMatch } from "../../../src/http/conditional.ts";

describe("isNoneMatch", () => {
  it.each(['"abc"', 'W/"abc"', '"x", "abc"', '"x","abc"', 'W/"x" , W/"abc"', "*", " * ", '"a,b", "abc"'])(
    'finds "abc" in %s',
    (header) => {
      expect(isNoneMatch(header, '"abc"')).toBe(true);
    },
  );

  it.each([null, "", "abc", '"ABC"', '"abcd"', '"a", "b"', 'w/"x"', '"*"', '"a*"'])(
    'does not find "abc" in %s',
    (header) => {
      expect(isNoneMatch(header, '"abc"')).toBe(false);
    },
  );
});
