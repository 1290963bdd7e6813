import { describe, expect, it } from "vitest";
import { divideAsked } from "../../../src/access/asked-image.ts";
import { isSigned, signImage } from "../../../src/access/signature.ts";
import { identifierOf } from "../../../src/identity/identifier.ts";

const first = { id: "k1", secret: "a secret of some thirty-two letters" };
const second = { id: "k2", secret: "another secret of thirty-two letters" };
const now = 1_800_000_000_000;
const expires = now / 1000 + 3600;
const identifier = identifierOf("loans/a;page=2");

const isOpen = (text: string, secrets = [first], at = now) => isSigned(divideAsked(identifierOf(text)), secrets, at);

describe("a signed address", () => {
  it("is that of one image, until it expires", async () => {
    const signed = await signImage({ identifier, expires }, first);
    expect(signed).toMatch(/^loans\/a;page=2;exp=1800003600;sig=k1\.[\w-]{22}$/);
    expect(await isOpen(signed)).toBe(true);
    expect(await isOpen(signed, [first], 1000 * expires - 1)).toBe(true);
    await expect(isOpen(signed, [first], 1000 * expires)).rejects.toMatchObject({
      code: "signature-invalid",
      message: expect.stringContaining("expired"),
    });
  });

  it("is none without a signature", async () => {
    expect(await isOpen("loans/a")).toBe(false);
  });

  it("is made by the first secret, and accepted by each", async () => {
    const old = await signImage({ identifier, expires }, first);
    expect(await isOpen(old, [second, first])).toBe(true);
    await expect(isOpen(old, [second])).rejects.toMatchObject({ code: "signature-invalid" });
    await expect(isOpen(old, [])).rejects.toMatchObject({ code: "signature-invalid" });
    // Another secret under the same name.
    await expect(isOpen(old, [{ ...second, id: "k1" }])).rejects.toMatchObject({ code: "signature-invalid" });
  });

  it.each([
    ["another image", (text: string) => text.replace("loans/a", "loans/b")],
    ["another page", (text: string) => text.replace(";page=2", ";page=3")],
    ["the file without its page", (text: string) => text.replace(";page=2", "")],
    ["a longer time", (text: string) => text.replace("exp=1800003600", "exp=1800003601")],
    ["a larger size", (text: string) => text.replace("max=400", "max=401")],
    ["any size", (text: string) => text.replace(";max=400", "")],
    ["another secret", (text: string) => text.replace("sig=k1", "sig=k2")],
  ])("is not good for %s", async (_, change) => {
    const signed = await signImage({ identifier, expires, longestSide: 400 }, first);
    expect(await isOpen(signed)).toBe(true);
    expect(change(signed)).not.toBe(signed);
    await expect(isOpen(change(signed), [first, second])).rejects.toMatchObject({ code: "signature-invalid" });
  });

  it("is refused with any letter changed", async () => {
    const signed = await signImage({ identifier, expires }, first);
    const start = signed.indexOf("sig=k1.") + 7;
    for (let at = start; at < signed.length; at++) {
      const letter = signed[at] === "A" ? "B" : "A";
      await expect(isOpen(`${signed.slice(0, at)}${letter}${signed.slice(at + 1)}`)).rejects.toMatchObject({
        code: "signature-invalid",
      });
    }
  });

  it("does not change what it means by where a text is divided", async () => {
    const one = await signImage({ identifier: identifierOf("1"), expires: 11 }, first);
    const other = await signImage({ identifier: identifierOf("11"), expires: 1 }, first);
    expect(one.slice(-22)).not.toBe(other.slice(-22));
  });
});
