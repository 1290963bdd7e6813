import { describe, expect, it } from "vitest";
import { findPattern, parseRules } from "../../../src/access/rules.ts";

const read = (json: unknown) => parseRules(new TextEncoder().encode(JSON.stringify(json)));
const faultsOf = (json: unknown) => {
  const found = read(json);
  return found.kind === "faulty" ? found.faults : [];
};

describe("the rules of access", () => {
  it("are read with all that they name", () => {
    const found = read({
      access: [
        { match: "loans/open/**", access: "open" },
        { match: "loans/**", access: "role:staff", publicSize: 400, watermark: "loan" },
        { match: "maps/*", access: "network:reading-room" },
      ],
      networks: { "reading-room": ["192.0.2.0/24", "2001:db8::/32"] },
      roles: { staff: { label: { en: "Staff" }, claims: ["@museum.example"] } },
      clicks: { terms: { label: { en: "Terms", de: "Bedingungen" }, note: { en: "No copies." } } },
      watermarks: { loan: { mark: "museum", position: "tile" } },
    });
    if (found.kind === "faulty") throw new Error(found.faults.join("; "));
    const { rules } = found;
    expect(findPattern(rules, "loans/open/a")?.policy.access).toEqual({ kind: "open" });
    expect(findPattern(rules, "loans/a")?.policy).toMatchObject({
      access: { kind: "role", names: ["staff"] },
      publicSize: 400,
    });
    expect(findPattern(rules, "maps/a")?.match).toBe("maps/*");
    expect(findPattern(rules, "maps/a/b")).toBeUndefined();
    expect(rules.watermarks.get("loan")).toEqual({
      mark: "museum",
      position: "tile",
      scale: 0.5,
      opacity: 0.3,
      fromPixels: 0,
    });
  });

  it("may be empty", () => {
    expect(read({})).toMatchObject({ kind: "rules" });
  });

  it("name all that is wrong with them", () => {
    const faults = faultsOf({
      access: [
        { match: "", access: "closed" },
        { match: "a", access: "role:nobody" },
        { match: "b", access: "network:here", watermark: "w" },
      ],
    });
    expect(faults).toHaveLength(4);
    expect(faults[1]).toBe('access "a": there is no role nobody in rules.json');
    expect(faultsOf({ access: [{ match: "a", access: "closd" }], networks: { x: ["1.2.3"] } })).toEqual([
      expect.stringContaining('access.0.access: is "closd"'),
      expect.stringContaining('networks.x.0: is "1.2.3"'),
    ]);
  });

  it.each([
    [[]],
    [{ acess: [] }],
    [{ access: {} }],
    [{ access: [{ access: "closed" }] }],
    [{ networks: { "A b": ["::1"] } }],
    [{ networks: { a: [] } }],
    [{ roles: { a: { label: {}, claims: ["x"] } } }],
    [{ roles: { a: { label: { en: "A" } } } }],
    [{ watermarks: { a: { mark: "m", opacity: 2 } } }],
  ])("are not read from %j", (json) => {
    expect(faultsOf(json)).not.toHaveLength(0);
  });

  it("are not read where a name stands twice: the one that is left out may be the one that was meant", () => {
    const text = '{"access":[{"match":"a/**","access":"closed","access":"open"}],"access":[]}';
    expect(parseRules(new TextEncoder().encode(text))).toEqual({
      kind: "faulty",
      faults: ["access.access stands there more than once", "access stands there more than once"],
    });
  });

  it("are not read from what is no JSON", () => {
    expect(parseRules(new TextEncoder().encode("{")).kind).toBe("faulty");
    expect(parseRules(new Uint8Array([0xff, 0xfe])).kind).toBe("faulty");
    expect(parseRules(new Uint8Array(0)).kind).toBe("faulty");
  });
});
