import { describe, expect, it } from "vitest";
import type { StoredRecord } from "../../../src/catalogue/image-records.ts";
import { type MoveFacts, planMove } from "../../../src/job/move-plan.ts";
import { planRemoval } from "../../../src/job/removal-plan.ts";
import { makeImage, makePage, makeWork } from "../../support/works.ts";

const recordOf = (identifier: string, change: Partial<StoredRecord> = {}): StoredRecord => ({
  identifier,
  metadata: [],
  width: 4,
  height: 3,
  ...change,
});

const plan = (change: Partial<MoveFacts> = {}) =>
  planMove({
    ...{ from: "a", to: "b", isFromStored: true, target: "none" },
    ...{ fromRecord: recordOf("a"), toRecord: undefined, move: undefined },
    ...change,
  });
const refusal = (change: Partial<MoveFacts>) => {
  const planned = plan(change);
  return "refusal" in planned ? planned.refusal : planned.steps;
};

describe("the plan of a move", () => {
  it("has the old master deleted after all else is there", () => {
    const page = recordOf("a", { object: "atlas" });
    expect(plan()).toEqual({ steps: ["record", "copy", "redirect", "delete-master", "delete-record"] });
    expect(plan({ fromRecord: undefined })).toEqual({ steps: ["copy", "redirect", "delete-master"] });
    expect(plan({ fromRecord: page })).toEqual({
      steps: ["record", "copy", "object", "redirect", "delete-master", "delete-record"],
    });
  });

  it("goes on where an interrupted one ended", () => {
    const move = { identifier: "a", to: "b" };
    expect(plan({ target: "same" })).toMatchObject({ steps: expect.not.arrayContaining(["copy"]) });
    expect(plan({ target: "same", toRecord: recordOf("b"), move })).toHaveProperty("steps");
    expect(plan({ isFromStored: false, target: "same", toRecord: recordOf("b"), move })).toEqual({
      steps: ["record", "delete-record"],
    });
    expect(plan({ isFromStored: false, target: "same", fromRecord: undefined, move })).toEqual({ steps: [] });
  });

  it("is refused with the reason, in a sentence", () => {
    const missing = { isFromStored: false, fromRecord: undefined };
    expect(refusal(missing)).toBe("There is no image a.");
    expect(refusal({ ...missing, move: { identifier: "a", to: "c" } })).toBe("There is no image a: it has moved to c.");
    expect(refusal({ ...missing, move: { identifier: "a" } })).toBe("There is no image a: it is gone.");
    // Moved before, and removed since.
    expect(refusal({ ...missing, move: { identifier: "a", to: "b" } })).toContain("There is no image a");
    expect(refusal({ opening: "loans/**" })).toContain("rules.json keeps a from people by its form loans/**");
    expect(refusal({ target: "other" })).toBe("b is stored already, and is another image.");
    const record = "There is a record of b already, and it is not that of a.";
    expect(refusal({ toRecord: recordOf("b", { width: 9 }) })).toBe(record);
    expect(refusal({ target: "same", fromRecord: undefined, toRecord: recordOf("b") })).toBe(record);
  });
});

describe("the plan of a removal", () => {
  const found = (identifier: string, change: { isStored?: boolean; record?: StoredRecord } = {}) => ({
    ...{ identifier, isStored: true, record: undefined },
    ...change,
  });
  const choice = makePage("2", { images: [makeImage({ identifier: "b" }), makeImage({ identifier: "c" })] });
  const work = makeWork({ pages: [makePage("1", { images: [makeImage({ identifier: "a" })] }), choice] });

  it("tells what is there from what is not, and which objects lose pages or go", () => {
    const record = recordOf("b");
    expect(planRemoval([found("a"), found("x", { isStored: false })], [work])).toMatchObject({
      missing: ["x"],
      changed: [{ key: "book", pages: 1 }],
      emptied: [],
    });
    const all = [found("a"), found("b", { isStored: false, record }), found("c")];
    expect(planRemoval(all, [work])).toMatchObject({ images: all, missing: [], changed: [], emptied: ["book"] });
    expect(planRemoval([found("b")], [work])).toMatchObject({ changed: [], emptied: [] });
  });
});
