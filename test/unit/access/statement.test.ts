import { describe, expect, it } from "vitest";
import { type Purpose, readStatement, signStatement } from "../../../src/access/statement.ts";

const first = { id: "k1", secret: "a-secret-of-some-thirty-two-letters" };
const second = { id: "k2", secret: "another-secret-of-thirty-two-letters" };
const now = 1_000_000;
const ground = { secrets: [first], now };
const purposes: readonly Purpose[] = ["cookie/v1", "token/v1", "form/v1", "login/v1"];

const sign = (purpose: Purpose = "cookie/v1", secret = first, expires = 2000) =>
  signStatement(purpose, { stated: { a: "é", b: [1] }, expires }, secret);

const whyNot = async (text: string, changes: Partial<typeof ground> = {}, purpose: Purpose = "cookie/v1") => {
  const read = await readStatement(purpose, text, { ...ground, ...changes });
  return read.kind === "refused" ? read.why : undefined;
};

describe("a statement", () => {
  it("says what was stated, for one purpose alone", async () => {
    for (const made of purposes) {
      for (const read of purposes) {
        const found = await readStatement(read, await sign(made), ground);
        expect(found).toEqual(
          made === read
            ? { kind: "stated", stated: { a: "é", b: [1] }, expires: 2000 }
            : { kind: "refused", why: "foreign" },
        );
      }
    }
  });

  it("lasts until it expires", async () => {
    expect(await whyNot(await sign("cookie/v1", first, 1001))).toBeUndefined();
    expect(await whyNot(await sign("cookie/v1", first, 1000))).toBe("expired");
  });

  it("counts as long as its secret is one of those that there are", async () => {
    expect(await whyNot(await sign(), { secrets: [second, first] })).toBeUndefined();
    expect(await whyNot(await sign(), { secrets: [second] })).toBe("foreign");
    expect(await whyNot(await sign(), { secrets: [{ ...second, id: "k1" }] })).toBe("foreign");
    expect(await whyNot(await sign(), { secrets: [] })).toBe("foreign");
  });

  it("is refused with any letter changed, left out, or in another place", async () => {
    const text = await sign();
    for (let at = 0; at < text.length; at++) {
      const letter = text[at] === "A" ? "B" : "A";
      expect(await whyNot(text.slice(0, at) + letter + text.slice(at + 1))).toMatch(/malformed|foreign/);
      expect(await whyNot(text.slice(0, at) + text.slice(at + 1))).toMatch(/malformed|foreign/);
      expect(await whyNot(text.slice(0, at))).toMatch(/malformed|foreign/);
    }
    const [id, json, signature] = text.split(".");
    expect(await whyNot([json, id, signature].join("."))).toBe("malformed");
    expect(await whyNot(`${text}${"A".repeat(5000)}`)).toBe("malformed");
    expect(await whyNot("")).toBe("malformed");
  });
});
