import { describe, expect, it } from "vitest";
import { identifierOf } from "../../../src/identity/identifier.ts";
import type { CanonicalRequest } from "../../../src/iiif/canonical.ts";
import { formatFileName } from "../../../src/iiif/file-name.ts";

const image = { width: 3000, height: 2000 };
const whole: CanonicalRequest = {
  region: { x: 0, y: 0, ...image },
  size: image,
  rotation: { isMirrored: false, degrees: 0 },
  quality: "default",
  format: "jpg",
};
const nameOf = (identifier: string, request: Partial<CanonicalRequest> = {}): string =>
  formatFileName(identifierOf(identifier), { ...whole, ...request }, image);

describe("the name of a file to be saved", () => {
  it("is the identifier and the format for all of an image", () => {
    expect(nameOf("mona-lisa")).toBe("mona-lisa.jpg");
    expect(nameOf("mona-lisa", { format: "pdf" })).toBe("mona-lisa.pdf");
  });

  it("says what else was asked for", () => {
    expect(nameOf("a", { size: { width: 600, height: 400 } })).toBe("a_600x400.jpg");
    const region = { x: 10, y: 20, width: 300, height: 400 };
    expect(nameOf("a", { region, size: { width: 300, height: 400 } })).toBe("a_10-20-300-400.jpg");
    expect(nameOf("a", { region, size: { width: 30, height: 40 }, quality: "gray", format: "tif" })).toBe(
      "a_10-20-300-400_30x40_gray.tif",
    );
    expect(nameOf("a", { rotation: { isMirrored: true, degrees: 22.5 } })).toBe("a_mirrored_rotated-22.5.jpg");
  });

  it.each([
    ["book/12.tif", "book_12.jpg"],
    ["ark:/12345/xy9;page=3", "ark_12345_xy9_page=3.jpg"],
    ["Über den Wolken, 1892", "Über den Wolken, 1892.jpg"],
    ["北京/故宫.jp2", "北京_故宫.jpg"],
    ['a"b\\c*d?e<f>g|h%i', "a_b_c_d_e_f_g_h_i.jpg"],
    ["invoice\u202Egpj.exe", "invoice_gpj.exe.jpg"],
    ["a\u200bb  \u00a0c", "a_b c.jpg"],
    ["CON", "image-CON.jpg"],
    ["nul.tif", "image-nul.jpg"],
    ["-rf", "rf.jpg"],
    ["a. ", "a.jpg"],
    ["::", "image.jpg"],
    ["photo.JPG", "photo.jpg"],
  ])("is safe on every system: %s", (identifier, name) => {
    expect(nameOf(identifier)).toBe(name);
  });

  it("is never longer than file systems take, and not cut within a character", () => {
    const name = nameOf("é漢😀".repeat(90), {
      region: { x: 1_000_000, y: 1_000_000, width: 999_999, height: 999_999 },
      rotation: { isMirrored: true, degrees: 359.999 },
      quality: "bitonal",
    });
    expect(new TextEncoder().encode(name).byteLength).toBeLessThanOrEqual(255);
    expect(name.isWellFormed()).toBe(true);
  });
});
