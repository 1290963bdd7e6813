import { describe, expect, it } from "vitest";
import { formatAccess, parseAccess } from "../../../src/access/access.ts";

describe("who may see an image", () => {
  it.each(["open", "closed", "hidden", "signed", "network:reading-room", "click:terms", "role:staff|curators"])(
    "is read and written as %s",
    (text) => {
      const access = parseAccess(text);
      expect(access && formatAccess(access)).toBe(text);
    },
  );

  it.each([
    "",
    "Open",
    "public",
    "role",
    "role:",
    "role:a b",
    "role:|a",
    "network:../x",
    "signed:x",
    "open ",
    "role:staff;x",
  ])("is not read from %j", (text) => {
    expect(parseAccess(text)).toBeUndefined();
  });
});
