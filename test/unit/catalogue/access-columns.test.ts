import { describe, expect, it } from "vitest";
import { formatPolicy, type Policy } from "../../../src/access/policy.ts";
import { parseRules } from "../../../src/access/rules.ts";
import {
  formatImageRecord,
  parseImageRecord,
  recordsOf,
  type StoredRecord,
} from "../../../src/catalogue/image-records.ts";
import { readObjectTable } from "../../../src/catalogue/object-table.ts";
import { readPageTable } from "../../../src/catalogue/page-table.ts";
import { formatSheetFault, type SheetFault } from "../../../src/catalogue/sheet-place.ts";
import { writeTables } from "../../../src/catalogue/table-writer.ts";
import type { Work } from "../../../src/catalogue/work.ts";
import { completeWork } from "../../../src/catalogue/work-completion.ts";
import { planWorks } from "../../../src/catalogue/work-plan.ts";
import { unknownPolicyNames } from "../../../src/job/policy-names.ts";

const reading = { language: "none", separator: "|", rights: { others: [] } };
const settings = { pageLabels: "number" as const, providers: new Map(), attributionLabel: {} };

function readPages(csv: string) {
  const faults: SheetFault[] = [];
  return { pages: readPageTable(csv, { reading, faults }), faults: faults.map(formatSheetFault) };
}

function readObjects(csv: string) {
  const faults: SheetFault[] = [];
  return { objects: readObjectTable(csv, { reading, faults }), faults: faults.map(formatSheetFault) };
}

const jsonOf = (policy: Policy | undefined) => policy && formatPolicy(policy);

/** What the record of `a` says after a table, and what it said before. */
function policyAfter(csv: string, former?: Policy) {
  const told = recordsOf(readPages(csv).pages).rows.get("a")?.record;
  const size = { identifier: "a", width: 4, height: 3 };
  const before: StoredRecord | undefined = former && { ...size, metadata: [], policy: former };
  const bytes = formatImageRecord(told, { ...size, object: undefined, former: before });
  return jsonOf(parseImageRecord(bytes, "a")?.policy);
}

describe("the columns of access", () => {
  it("state the policy of an image wholly", () => {
    const csv =
      "identifier,access,embargo,embargo_access,open_until,public_size,redact,watermark\n" +
      'a,role:staff,2031-01-01,closed,2040-01-01,400,"1,2,3,4;5,6,7,8",house\nb,,,,,,,\n';
    const { pages, faults } = readPages(csv);
    expect(faults).toEqual([]);
    expect(pages.rows.map(({ policy, metadata }) => [jsonOf(policy), metadata])).toEqual([
      [
        {
          access: "role:staff",
          embargo: "2031-01-01",
          embargoAccess: "closed",
          openUntil: "2040-01-01",
          publicSize: 400,
          redactions: [
            [1, 2, 3, 4],
            [5, 6, 7, 8],
          ],
          watermark: "house",
        },
        [],
      ],
      [{}, []],
    ]);
  });

  it("that are wrong are told with their row and column", () => {
    const { faults } = readPages(
      "identifier,access,embargo,embargo_access,public_size\na,Open,1.1.2031,,\nb,,,closed,4e2\n,closed,,,\n",
    );
    expect(faults).toEqual([
      expect.stringMatching(/^row 2, column B: access is "Open", not open, closed/),
      expect.stringMatching(/^row 2, column C: embargo is "1.1.2031", not a date/),
      expect.stringMatching(/^row 3, column E: public_size is "4e2", not a whole number/),
      expect.stringMatching(/^row 3, column D: embargo_access is "closed", not empty: there is no embargo/),
      expect.stringMatching(/^row 4/),
    ]);
  });

  it("change what the record says, and a table without them leaves it", () => {
    const former: Policy = { access: { kind: "closed" }, publicSize: 100 };
    expect(policyAfter("identifier,label\na,A", former)).toEqual({ access: "closed", publicSize: 100 });
    expect(policyAfter("identifier,access\na,signed", former)).toEqual({ access: "signed" });
    // It has had a policy, and answers are kept for less time.
    expect(policyAfter("identifier,access\na,", former)).toEqual({});
    expect(policyAfter("identifier,access\na,")).toBeUndefined();
    expect(policyAfter("identifier,access\na,open")).toEqual({ access: "open" });
  });

  it("name what rules describe, or their place is told", () => {
    const json = JSON.stringify({ roles: { staff: { label: { en: "Staff" }, claims: ["@m.example"] } } });
    const read = parseRules(new TextEncoder().encode(json));
    if (read.kind !== "rules") throw new Error(read.faults.join());
    const { pages } = readPages(
      "identifier,access,embargo,embargo_access,watermark\na,role:staff,,,\nb,role:staf,2031-01-01,network:lan,house\n",
    );
    const { objects } = readObjects("object,manifest_access\none,click:terms\ntwo,role:staff\n");
    expect(unknownPolicyNames({ pages, objects }, read.rules)).toEqual([
      expect.stringMatching(/^row 3, column B: there is no role staf in rules.json/),
      expect.stringMatching(/^row 3, column D: there is no network lan/),
      expect.stringMatching(/^row 3, column E: there is no watermark house/),
      expect.stringMatching(/^row 2, column B: there is no click terms/),
    ]);
  });
});

describe("the records of objects", () => {
  const known = { width: 40, height: 30, sizes: [] };
  const policies = new Map<string, Policy>([["a/1", { access: { kind: "closed" }, publicSize: 200 }]]);

  function makeWork(tables: { pages: string; objects: string }, former?: Work): Work {
    const { pages } = readPages(tables.pages);
    const { objects, faults } = readObjects(tables.objects);
    expect(faults).toEqual([]);
    const images = ["a/1", "a/2"].map((identifier) => ({ path: identifier, identifier }));
    const { plans } = planWorks({ images, pages, objects }, settings);
    const [plan] = plans;
    if (plan === undefined) throw new Error("there is an object");
    const facts = new Map(
      images.map(({ identifier }) => {
        const policy = policies.get(identifier);
        return [identifier, policy === undefined ? known : { ...known, policy }];
      }),
    );
    const made = completeWork(plan, { images: facts, former, canvases: "kept", labels: "kept" });
    if ("faults" in made) throw new Error(made.faults.join());
    return made.work;
  }

  const pages = "identifier,object\na/1,book\na/2,book\n";

  it("state who may see the manifest and each image", () => {
    const work = makeWork({ pages, objects: "object,label,manifest_access\nbook,B,role:staff\n" });
    expect(work.access).toEqual({ kind: "role", names: ["staff"] });
    expect(work.pages.map(({ images }) => images[0]?.policy)).toEqual([policies.get("a/1"), undefined]);
  });

  it("keep who may see the manifest where a table has no column of it, and lose it by a cell that is empty", () => {
    const closed = makeWork({ pages, objects: "object,label,manifest_access\nbook,B,closed\n" });
    expect(makeWork({ pages, objects: "object,label\nbook,New\n" }, closed).access).toEqual({ kind: "closed" });
    expect(makeWork({ pages, objects: "object\n" }, closed).access).toEqual({ kind: "closed" });
    expect(makeWork({ pages, objects: "object,label,manifest_access\nbook,B,\n" }, closed).access).toBeUndefined();
  });

  it("come again from the tables that are written of them", () => {
    const work = makeWork({ pages, objects: "object,label,manifest_access\nbook,B,hidden\n" });
    const written = writeTables([work], { ...reading, providerKeys: new Map() });
    expect(makeWork(written, work)).toEqual(work);
    const { rows } = readPages(written.pages).pages;
    expect(rows.map(({ image, policy }) => [image, jsonOf(policy)])).toEqual([
      ["a/1", { access: "closed", publicSize: 200 }],
      ["a/2", {}],
    ]);
  });
});
