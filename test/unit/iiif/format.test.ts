import { describe, expect, it } from "vitest";
import { mediaTypes, parseFormat } from "../../../src/iiif/format.ts";
import { codeOf } from "../../support/code-of.ts";

describe("parseFormat", () => {
  it.each(Object.keys(mediaTypes))("reads %s", (format) => {
    expect(parseFormat(format)).toBe(format);
  });

  it.each(["", "tiff", "avif", "jp2", "JPG", "jpeg", "constructor", "toString"])("refuses %j", (text) => {
    expect(codeOf(() => parseFormat(text))).toBe("format-unknown");
  });
});
