import { describe, expect, it } from "vitest";
import { maxMetadataCharacters } from "../../../src/limits.ts";
import { cleanText, decodeText } from "../../../src/metadata/text.ts";
import { utf8 } from "../../support/make-xmp.ts";

describe("decodeText", () => {
  it("reads UTF-8", () => {
    expect(decodeText(utf8("© Müller"))).toBe("© Müller");
  });

  it("reads text that is not UTF-8 as windows-1252", () => {
    expect(decodeText(Uint8Array.of(0xa9, 0x20, 0x4d, 0xfc, 0x92))).toBe("© Mü’");
  });
});

describe("cleanText", () => {
  it("ends at the NUL that ends the text", () => {
    expect(cleanText("The Museum\0")).toBe("The Museum");
  });

  it("joins the photographer's and the editor's copyright", () => {
    expect(cleanText("Photographer\0Editor\0")).toBe("Photographer; Editor");
    expect(cleanText(" \0Editor\0")).toBe("Editor");
  });

  it("makes control characters and runs of space one space", () => {
    expect(cleanText("a\u0001\r\n\tb   c\u0085d\uFEFF")).toBe("a b c d");
  });

  it("returns nothing for a text of spaces", () => {
    expect(cleanText(" \0 \u0007\0")).toBeUndefined();
    expect(cleanText("")).toBeUndefined();
  });

  it("replaces half of a surrogate pair", () => {
    expect(cleanText("a\ud800b")).toBe("a\ufffdb");
  });

  it("keeps a text of the longest length and cuts a longer one", () => {
    expect(cleanText("x".repeat(maxMetadataCharacters))).toHaveLength(maxMetadataCharacters);
    expect(cleanText("x".repeat(maxMetadataCharacters + 1))).toHaveLength(maxMetadataCharacters);
  });

  it("does not cut a character in two", () => {
    const cut = cleanText(`${"x".repeat(maxMetadataCharacters - 1)}😀`);
    expect(cut).toBe("x".repeat(maxMetadataCharacters - 1));
  });
});
