import { describe, expect, it } from "vitest";
import { divideAsked, unsigned } from "../../../src/access/asked-image.ts";
import { identifierOf } from "../../../src/identity/identifier.ts";
import { codeOf } from "../../support/code-of.ts";

const divide = (text: string) => divideAsked(identifierOf(text));
const code = "A".repeat(22);

describe("what stands in a path for an image", () => {
  it("is the image, a reduced one, or one of them with a signature", () => {
    expect(divide("maps/a;page=3")).toEqual({ identifier: "maps/a;page=3" });
    expect(divide("a;max=400")).toEqual({ identifier: "a", longestSide: 400 });
    expect(divide("a;page=3;max=400")).toEqual({ identifier: "a;page=3", longestSide: 400 });
    const signature = { expires: 1_900_000_000, keyId: "k1", code };
    expect(divide(`a;exp=1900000000;sig=k1.${code}`)).toEqual({ identifier: "a", signature });
    const both = divide(`a;exp=1900000000;max=400;sig=k1.${code}`);
    expect(both).toEqual({ identifier: "a", longestSide: 400, signature });
    expect(unsigned(both)).toBe("a;max=400");
  });

  it.each(["a;", "a;max", "a;MAX=400", "a;page=2;", "max=400", "a max=4"])("is an identifier otherwise: %s", (text) => {
    expect(divide(text)).toEqual({ identifier: text });
  });

  it.each([
    "a;max=0",
    "a;max=04",
    "a;max=4.5",
    "a;max=",
    "a;max=400;page=2",
    "a;max=400;max=400",
    "a;max=99999999",
    ";max=400",
    "a;max=-4",
  ])("is refused where it is nearly one of a reduced image: %s", (text) => {
    expect(codeOf(() => divide(text))).toBe("identifier-malformed");
  });

  it.each([
    `a;sig=k1.${code}`,
    "a;exp=1900000000",
    `a;max=400;exp=1900000000;sig=k1.${code}`,
    `a;exp=1900000000;sig=k1.${code};max=400`,
    `a;exp=1900000000;sig=k1.${code.slice(1)}`,
    `a;exp=1900000000;sig=k1.${code}A`,
    `a;exp=1900000000;sig=${code}`,
    `a;exp=01900000000;sig=k1.${code}`,
    `a;exp=1e9;sig=k1.${code}`,
    `a;exp=1900000000;exp=1900000001;sig=k1.${code}`,
    `a;exp=1900000000;sig=K1.${code}`,
    `a;exp=1900000000;sig=k1.${code};page=2`,
  ])("is refused where its signature is not whole: %s", (text) => {
    expect(codeOf(() => divide(text))).toBe("signature-invalid");
  });

  it("has a name of its own behind it that no hidden segment is", () => {
    expect(codeOf(() => divide("a/.b;max=4"))).toBe("not-found");
  });
});
