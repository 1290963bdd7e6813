import { describe, expect, it } from "vitest";
import { formatPolicy, type Policy } from "../../../src/access/policy.ts";
import { parseDate } from "../../../src/access/policy-date.ts";
import { formatCollection, parseCollection } from "../../../src/catalogue/collection.ts";
import { formatWork, parseWork } from "../../../src/catalogue/work-record.ts";
import { codeOf } from "../../support/code-of.ts";
import { makeCollection, makeImage, makeMember, makePage, makeWork } from "../../support/works.ts";

const embargo = parseDate("2031-01-01");
const policy: Policy = {
  access: { kind: "role", names: ["staff"] },
  ...(embargo === undefined ? {} : { embargo }),
  publicSize: 800,
};

describe("what a record states of access", () => {
  it("comes back from the record of an object as it was", () => {
    const work = makeWork({
      access: { kind: "network", names: ["reading-room"] },
      pages: [makePage("0001", { images: [makeImage({ policy })] }), makePage("0002")],
      provider: [{ uri: "https://library.example.org/", label: { en: ["L"] }, logo: makeImage({ policy }) }],
    });
    const bytes = formatWork(work);
    expect(parseWork(bytes, "book")).toEqual(work);
    const json = JSON.parse(new TextDecoder().decode(bytes));
    expect([json.access, json.pages[0].images[0].policy]).toEqual(["network:reading-room", formatPolicy(policy)]);
  });

  it("comes back from the record of a collection as it was", () => {
    const member = makeMember("book", { access: { kind: "hidden" }, thumbnail: makeImage({ policy }) });
    const collection = makeCollection({ thumbnail: makeImage({ policy }), members: [member] });
    expect(parseCollection(formatCollection(collection), "maps")).toEqual(collection);
  });

  it("is told apart from texts of a language that is called the same", () => {
    const work = makeWork({ label: { policy: ["A book"], access: ["A book"] } });
    expect(parseWork(formatWork(work), "book")).toEqual(work);
  });

  it.each([
    ["an access that there is not", { access: "everybody" }],
    ["a policy with a field that is not known", { policy: { acces: "closed" } }],
    ["a policy that is a text", { policy: "closed" }],
  ])("is refused as damage: %s", (_, change) => {
    const { access, policy: stated } = change as { readonly access?: string; readonly policy?: unknown };
    const json = JSON.parse(new TextDecoder().decode(formatWork(makeWork())));
    if (access !== undefined) json.access = access;
    if (stated !== undefined) json.pages[0].images[0].policy = stated;
    const bytes = new TextEncoder().encode(JSON.stringify(json));
    expect(codeOf(() => parseWork(bytes, "book"))).toBe("record-malformed");
  });
});
