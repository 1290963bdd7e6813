import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { anybody, decide } from "../../../src/access/decide.ts";
import { parseRules, rulesKey } from "../../../src/access/rules.ts";
import { checkedBytes } from "../../../src/bucket/upload.ts";
import { parseImageRecord, recordKey, recordsOf } from "../../../src/catalogue/image-records.ts";
import { readPageTable } from "../../../src/catalogue/page-table.ts";
import { runIngest } from "../../../src/job/job.ts";
import { planIngest } from "../../../src/job/job-plan.ts";
import { lookAtMove, moveImage } from "../../../src/job/move-image.ts";
import { lookAtRemoval, removeImages } from "../../../src/job/remove-images.ts";
import { policiesOf } from "../../../src/policies.ts";
import { tellingConverter } from "../../support/ingest.ts";
import { type MemoryStore, memoryBucket } from "../../support/memory-bucket.ts";
import { RunKilled, stopBuckets } from "../../support/stopped-buckets.ts";

const stores: Record<"masters" | "catalogue", MemoryStore> = {
  masters: { objects: new Map(), uploads: new Map() },
  catalogue: { objects: new Map(), uploads: new Map() },
};
const buckets = () => ({
  masters: memoryBucket(stores.masters, 1000),
  catalogue: memoryBucket(stores.catalogue, 1000),
});
type Buckets = ReturnType<typeof buckets>;

const json = new TextEncoder().encode(
  JSON.stringify({
    access: [{ match: "loans/**", access: "role:staff" }],
    roles: { staff: { label: { en: "Staff" }, claims: ["@m.example"] } },
  }),
);
const read = parseRules(json);
if (read.kind !== "rules") throw new Error(read.faults.join());
const { rules } = read;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tessera-order-"));
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(empty);

function empty(): void {
  for (const { objects, uploads } of Object.values(stores)) {
    objects.clear();
    uploads.clear();
  }
}

/** The bytes that anybody is shown under an identifier; undefined for none. */
function shown(identifier: string): string | undefined {
  const master = stores.masters.objects.get(identifier);
  if (master === undefined) return undefined;
  const record = stores.catalogue.objects.get(recordKey(identifier));
  const facts = record && parseImageRecord(record.bytes, identifier);
  const policies = policiesOf(rules, identifier, facts);
  const isShown = decide(policies, anybody, { rules, now: Date.now() }).kind === "admitted";
  return isShown ? Buffer.from(master.bytes).toString() : undefined;
}

/** What an ingest says of a master that it stores. */
const facts = { width: "40", height: "30", levels: "2", tile: "256", sha256: "0" };

async function put(
  bucket: "masters" | "catalogue",
  key: string,
  content: string | Uint8Array,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  await buckets()[bucket].put(key, checkedBytes(Buffer.from(content)), { contentType: "x/y", metadata });
}

const putRecord = (identifier: string, policy: object | undefined) =>
  put("catalogue", recordKey(identifier), JSON.stringify({ identifier, metadata: [], width: 40, height: 30, policy }));

/** Kills a run at each of its calls and looks each time, then lets it come to its end; returns how many calls there were. */
async function atEachCall(
  lay: () => Promise<void>,
  work: (on: Buckets) => Promise<unknown>,
  look: (at: number) => void,
): Promise<number> {
  for (let at = 1; ; at += 1) {
    empty();
    await lay();
    const stopped = stopBuckets(buckets(), at);
    await work(stopped.buckets).catch((error: unknown) => {
      if (!(error instanceof RunKilled)) throw error;
    });
    look(at);
    if (stopped.calls() < at) return at - 1;
  }
}

/** Ingests the file `pic.tif` as an identifier, with what a table says of it. */
const ingest =
  (identifier: string, { content, columns }: { readonly content: string; readonly columns: string | undefined }) =>
  async (on: Buckets) => {
    await writeFile(join(folder, "pic.tif"), content);
    const csv =
      columns === undefined
        ? undefined
        : `identifier,${columns.split("\n")[0]}\n${identifier},${columns.split("\n")[1]}\n`;
    const faults: never[] = [];
    const reading = { language: "none", separator: "|", rights: { others: [] } };
    const records =
      csv === undefined ? undefined : { ...recordsOf(readPageTable(csv, { reading, faults })), name: "r" };
    const plan = await planIngest({
      sources: [folder],
      template: `${identifier.replace(/pic$/, "")}{name}`,
      ...{ collection: "", prefix: "", naming: { keyTemplate: "{identifier}", pageSuffix: "" } },
      ...{ records, pages: "first", conversion: {}, config: {}, countPages: async () => 1 },
    });
    const outcomes = await runIngest(plan, { ...on, converter: tellingConverter([]), jobs: 1, isForced: false, rules });
    return outcomes;
  };

const isOpen = (policy: object | undefined) =>
  policy === undefined || Object.values(policy).every((value) => value === "open");

describe("an ingest that is killed at any call", () => {
  const states = [
    ["open", undefined, "access\n"],
    ["opened", undefined, "access\nopen"],
    ["closed", { access: "closed" }, "access\nclosed"],
    ["of a role", { access: "role:staff" }, "access\nrole:staff"],
    ["under an embargo", { embargo: "2999-01-01" }, "embargo\n2999-01-01"],
  ] as const;

  for (const [name, policy, columns] of states) {
    it(`shows no new image that is ${name} before its record says so`, async () => {
      let wasThere = false;
      const calls = await atEachCall(
        async () => {},
        ingest("pic", { content: "new", columns }),
        () => {
          if (!isOpen(policy)) expect(shown("pic")).toBeUndefined();
          wasThere ||= stores.masters.objects.has("pic");
        },
      );
      expect(calls).toBeGreaterThan(2);
      expect(wasThere).toBe(true);
      expect(shown("pic")).toBe(isOpen(policy) ? "master of new" : undefined);
    });

    for (const [before, former] of states) {
      it(`shows nothing of an image that was ${before} and is ${name} but what may be seen`, async () => {
        const lay = async () => {
          await put("masters", "pic", "old", facts);
          if (former !== undefined) await putRecord("pic", former);
        };
        await atEachCall(lay, ingest("pic", { content: "new", columns }), () => {
          if (!isOpen(former)) expect(shown("pic")).not.toBe("old");
          if (!isOpen(policy)) expect(shown("pic")).not.toBe("master of new");
        });
        expect(shown("pic")).toBe(isOpen(policy) ? "master of new" : undefined);
      });
    }
  }

  it("keeps an image from people before its master is made anew", async () => {
    const conversions: boolean[] = [];
    await put("masters", "pic", "old", facts);
    const work = ingest("pic", { content: "new", columns: "access\nclosed" });
    const on = buckets();
    const put_ = on.masters.put;
    await work({
      ...on,
      masters: {
        ...on.masters,
        put: (...args) => {
          conversions.push(shown("pic") === undefined);
          return put_(...args);
        },
      },
    });
    expect(conversions).toEqual([true]);
  });

  it("replaces a master that can't be opened, its record first", async () => {
    let isClosed = true;
    const lay = () => put("masters", "pic", "no TIFF");
    await atEachCall(lay, ingest("pic", { content: "new", columns: "access\nclosed" }), () => {
      isClosed &&= shown("pic") !== "master of new";
    });
    expect([isClosed, shown("pic"), stores.masters.objects.has("pic")]).toEqual([true, undefined, true]);
    expect(Buffer.from(stores.masters.objects.get("pic")?.bytes ?? []).toString()).toBe("master of new");
  });

  it("leaves an image closed that its rule closes without a record, until all is there", async () => {
    const lay = () => put("masters", "loans/pic", "old");
    await atEachCall(lay, ingest("loans/pic", { content: "new", columns: "access\nopen" }), () => {
      expect(shown("loans/pic")).toBeUndefined();
    });
  });
});

describe("a move that is killed at any call", () => {
  const move = (to: string) => async (on: Buckets) => {
    const one = { from: "pic", to, buckets: on, keyOf: (identifier: string) => identifier };
    const plan = await lookAtMove(one);
    if ("refusal" in plan) throw new Error(plan.refusal);
    return moveImage(one, plan.steps);
  };
  const lay = async () => {
    await put("catalogue", rulesKey, json);
    await put("masters", "pic", "x".repeat(2500));
    await putRecord("pic", { access: "closed" });
  };

  it("never shows a closed image under either identifier", async () => {
    const calls = await atEachCall(lay, move("moved/pic"), () => {
      expect([shown("pic"), shown("moved/pic")]).toEqual([undefined, undefined]);
    });
    expect(calls).toBeGreaterThan(10);
    expect([...stores.masters.objects.keys()]).toEqual(["moved/pic"]);
  });

  it("takes along what was kept from people meanwhile", async () => {
    await lay();
    await putRecord("pic", undefined);
    const one = { from: "pic", to: "moved/pic", buckets: buckets(), keyOf: (identifier: string) => identifier };
    const plan = await lookAtMove(one);
    if ("refusal" in plan) throw new Error(plan.refusal);
    await moveImage({ ...one, onStep: (step) => void (step === "redirect" && closeNow()) }, plan.steps);
    expect(shown("moved/pic")).toBeUndefined();

    function closeNow(): void {
      const key = recordKey("pic");
      const stored = stores.catalogue.objects.get(key);
      const text = JSON.stringify({
        identifier: "pic",
        metadata: [],
        width: 40,
        height: 30,
        policy: { access: "closed" },
      });
      if (stored !== undefined) stores.catalogue.objects.set(key, { ...stored, bytes: Buffer.from(text) });
    }
  });

  it("is refused where a rule keeps the image from people under its old identifier alone", async () => {
    await put("catalogue", rulesKey, json);
    await put("masters", "loans/pic", "x");
    const keyOf = (identifier: string) => identifier;
    const plan = await lookAtMove({ from: "loans/pic", to: "pic", buckets: buckets(), keyOf });
    expect(plan).toEqual({ refusal: expect.stringContaining("keeps loans/pic from people by its form loans/**") });
    const within = await lookAtMove({ from: "loans/pic", to: "loans/other", buckets: buckets(), keyOf });
    expect(within).toHaveProperty("steps");
    await putRecord("loans/pic", { access: "role:staff" });
    expect(await lookAtMove({ from: "loans/pic", to: "pic", buckets: buckets(), keyOf })).toHaveProperty("steps");
  });
});

describe("a removal that is killed at any call", () => {
  it("never shows a closed image", async () => {
    const lay = async () => {
      await put("masters", "pic", "x");
      await putRecord("pic", { access: "closed" });
    };
    const remove = async (on: Buckets) => {
      const removal = { identifiers: ["pic"], buckets: on, keyOf: (name: string) => name, keepsGone: false };
      return removeImages(removal, await lookAtRemoval(removal), async () => {});
    };
    await atEachCall(lay, remove, () => expect(shown("pic")).toBeUndefined());
    expect([...stores.catalogue.objects.keys()].filter((key) => key.startsWith("records/"))).toEqual([]);
  });
});
