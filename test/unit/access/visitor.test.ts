import { describe, expect, it } from "vitest";
import {
  accepting,
  goingOnTo,
  readToken,
  readVisitor,
  signedIn,
  signToken,
  signVisitor,
  type TokenReader,
  type Visitor,
} from "../../../src/access/visitor.ts";
import { accessSecret, siteOf, visitorOf } from "../../support/visitors.ts";

const now = Date.now();
const secrets = [accessSecret];
const [one, other] = ["https://one.example", "https://other.example"] as const;

const told = async (visitor: Visitor, reader: TokenReader) => {
  const read = await readToken(await signToken(visitor, { reader, secret: accessSecret, now }), { secrets, now });
  if (read.kind !== "known") throw new TypeError(read.kind);
  return read.who;
};

const siteAt = (visitor: Visitor, origin: string) => visitor.sites.find((site) => site.origin === origin)!;

/** The longest name there is, of many. */
const nameAt = (at: number) => `n${String(at).padStart(2, "0")}${"x".repeat(61)}`;
const many = Array.from({ length: 50 }, (_, at) => nameAt(at));

describe("a site that somebody goes on to", () => {
  const staff = visitorOf({ roles: ["staff", "donors"], clicks: ["terms"] });

  it("is told of the notice that he accepted for it, and of no role", async () => {
    const visitor = goingOnTo(staff, { kind: "click", name: "terms", origin: one });
    expect(await told(visitor, siteAt(visitor, one))).toEqual({
      nonce: staff.nonce,
      until: staff.until,
      roles: [],
      clicks: ["terms"],
      isPart: true,
    });
  });

  it("is told of each role that he went on to it with, and no site of what another was told", async () => {
    let visitor = goingOnTo(staff, { kind: "role", name: "staff", origin: one });
    visitor = goingOnTo(visitor, { kind: "click", name: "terms", origin: other });
    expect(await told(visitor, siteAt(visitor, one))).toMatchObject({ roles: ["staff"], clicks: [] });
    expect(await told(visitor, siteAt(visitor, other))).toMatchObject({ roles: [], clicks: ["terms"] });
    visitor = goingOnTo(visitor, { kind: "role", name: "donors", origin: one });
    expect(await told(visitor, siteAt(visitor, one))).toMatchObject({ roles: ["staff", "donors"], clicks: [] });
    expect(visitor.sites.map(({ origin }) => origin)).toEqual([other, one]);
  });

  it("is told of nothing that he has not himself", async () => {
    expect(
      await told(visitorOf({ roles: ["guests"] }), siteOf(one, { roles: ["staff"], clicks: ["terms"] })),
    ).toMatchObject({
      roles: [],
      clicks: [],
    });
  });

  it("is none of his once he has signed in as somebody", () => {
    const visitor = goingOnTo(staff, { kind: "role", name: "staff", origin: one });
    expect(signedIn(visitor, { roles: ["guests"], nonce: "n", now }).sites).toEqual([]);
  });

  it("is none where the viewer is of the service itself, which is told of all", async () => {
    expect(goingOnTo(staff, { kind: "role", name: "staff", origin: undefined })).toBe(staff);
    const { nonce, until } = staff;
    expect(await told(staff, "own")).toEqual({ nonce, until, roles: ["staff", "donors"], clicks: ["terms"] });
  });
});

describe("what a browser keeps", () => {
  it("has what somebody went on to, and is read again", async () => {
    const visitor = visitorOf({ roles: ["staff"], clicks: ["terms"], sites: [siteOf(one, { roles: ["staff"] })] });
    expect(await readVisitor(await signVisitor(visitor, accessSecret), { secrets, now })).toEqual({
      kind: "known",
      who: visitor,
    });
  });

  it("is read where the clock is up to a minute behind that of the place where it was made", async () => {
    const value = await signVisitor(signedIn(undefined, { roles: ["staff"], nonce: "n", now }), accessSecret);
    const kinds = [0, 1000, 60_000, 62_000].map(async (behind) => {
      const { kind } = await readVisitor(value, { secrets, now: now - behind });
      return kind;
    });
    expect(await Promise.all(kinds)).toEqual(["known", "known", "known", "refused"]);
  });

  it("is short enough to be kept however much there is, and has what is newest", async () => {
    let visitor = visitorOf({ roles: many });
    for (const click of many) visitor = accepting(visitor, { click, nonce: "n", now });
    for (let at = 0; at < 8; at += 1) {
      const origin = `https://${"a".repeat(50)}.${"b".repeat(60)}.${"c".repeat(60)}.${"d".repeat(60)}${at}.example:65535`;
      for (const name of many) {
        visitor = goingOnTo(visitor, { kind: "role", name, origin });
        visitor = goingOnTo(visitor, { kind: "click", name, origin });
      }
    }
    const newest = visitor.sites.at(-1)?.origin;
    const value = await signVisitor(visitor, accessSecret);
    expect("__Host-tessera=".length + value.length).toBeLessThanOrEqual(4096);
    const read = await readVisitor(value, { secrets, now });
    if (read.kind !== "known") throw new TypeError(read.kind);
    expect(read.who.sites.map(({ origin }) => origin)).toEqual([newest]);
    expect(read.who.clicks).toEqual([nameAt(49)]);
    expect(read.who.sites[0]?.clicks).toEqual([nameAt(49)]);
    expect(many.slice(0, read.who.roles?.length)).toEqual(read.who.roles);
    expect(read.who.roles?.length).toBeGreaterThan(10);
    expect((await told(read.who, read.who.sites[0]!)).clicks).toEqual([nameAt(49)]);
  });

  it("is not read where it names sites in another way", async () => {
    const former = { ...visitorOf({ roles: ["staff"] }), sites: [one] } as unknown as Visitor;
    expect(await readVisitor(await signVisitor(former, accessSecret), { secrets, now })).toEqual({
      kind: "refused",
      why: "malformed",
    });
  });
});
