import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { masterKeyOf, placesOf } from "../../../src/identity/master-name.ts";
import { derivativesOf } from "../../../src/job/kept-derivatives.ts";
import { readLastAccess } from "../../../src/job/last-access.ts";
import { type PruneOptions, type PruneOrder, type PruneReason, pruneDerivatives } from "../../../src/job/prune.ts";
import { noFigures } from "../../../src/statistics/figures.ts";
import { formatRollUp, rollUpKey } from "../../../src/statistics/roll-up.ts";
import { newTally } from "../../../src/statistics/tally.ts";
import {
  type DerivativeOf,
  indexOf,
  type NamedDerivative,
  pictureOf,
  shippedRules,
} from "../../support/derivatives.ts";
import { bucketAt, bucketsAt } from "../../support/ingest.ts";
import { type S3Endpoint, startS3Endpoint } from "../../support/s3-endpoint.ts";

const day = 86_400_000;
const now = 1000 * day;

let endpoint: S3Endpoint;
beforeEach(async () => {
  endpoint = await startS3Endpoint();
});
afterEach(() => endpoint.close());

const layMaster = (key: string, etag: string) =>
  endpoint.objects.set(key, { bytes: Buffer.from(key), etag, headers: {} });

function lay({ key, labels }: NamedDerivative, { bytes = 100, days = 0 } = {}): string {
  const headers = Object.fromEntries(Object.entries(labels).map(([name, value]) => [`x-amz-meta-${name}`, value]));
  endpoint.derivatives.set(key, { bytes: Buffer.alloc(bytes), etag: "", headers, uploadedAt: now - days * day });
  return key;
}

const layPicture = async (of: DerivativeOf, how = {}) => lay(await pictureOf(of), how);

async function prune(reasons: readonly PruneReason[], change: Partial<PruneOrder> = {}, options: PruneOptions = {}) {
  const judge = { ...bucketsAt(endpoint), rules: shippedRules };
  const order = { reasons: new Set(reasons), days: 90, now, isDry: false, ...change };
  const { removed, kept, failure } = await pruneDerivatives(judge, order, options);
  const counts = Object.entries(removed).flatMap(([reason, { derivatives }]) =>
    derivatives ? [[reason, derivatives]] : [],
  );
  return { removed: Object.fromEntries(counts), kept: kept.derivatives, failure: failure?.code, bytes: removed };
}

const left = () => [...endpoint.derivatives.keys()].toSorted();

/** Lays one derivative of every kind, and returns the keys by kind. */
async function layKinds() {
  layMaster("there", "v2");
  const current = [
    await layPicture({ master: "there", version: "v2" }),
    lay(await indexOf({ master: "there", version: "v2" })),
  ];
  const stale = [await layPicture({ master: "there", version: "v1", width: 801 })];
  const orphans = [
    await layPicture({ master: "gone", version: "v1" }, { bytes: 300 }),
    lay(await indexOf({ master: "gone", version: "v1" })),
  ];
  const unknown = [lay({ key: `derivatives/${"0".repeat(32)}/1`, labels: {} })];
  const others = ["setup/lifecycle.json"];
  endpoint.derivatives.set("setup/lifecycle.json", { bytes: Buffer.from("{}"), etag: "", headers: {} });
  return { current, stale, orphans, unknown, others };
}

describe("pruning", () => {
  it("counts age from the last request for an image where that is known", async () => {
    layMaster("asked", "v1");
    layMaster("forgotten", "v1");
    const large = { bytes: 1 << 20, days: 80 };
    const kept = [
      await layPicture({ master: "asked", version: "v1" }, large),
      lay(await indexOf({ master: "asked", version: "v1" }), large),
    ];
    await layPicture({ master: "forgotten", version: "v1" }, large);
    const tally = newTally();
    tally.images.set("asked;page=1", { figures: noFigures(), last: now - 10 * day });
    tally.images.set("forgotten", { figures: noFigures(), last: now - 70 * day });
    const period = new Date(now - 10 * day).toISOString().slice(0, 10);
    const text = formatRollUp({ period, from: ["1"], tally });
    endpoint.catalogue.set(rollUpKey(period), { bytes: Buffer.from(text), etag: "", headers: {} });
    const lastAccess = await readLastAccess(bucketsAt(endpoint).catalogue, {
      naming: { keyTemplate: "{identifier}", pageSuffix: ";page=" },
      since: now - 60 * day,
      signal: new AbortController().signal,
      onProgress: () => undefined,
      onProblem: (key) => expect.unreachable(key),
    });
    expect(await prune(["old"], { days: 30, lastAccess })).toMatchObject({ removed: { old: 1 }, kept: 2 });
    expect(left()).toEqual(kept.toSorted());
  });

  it("takes what is of a master on another server for current: nobody knows more here", async () => {
    const master = ".origin/images.example.org/maps/1.tif";
    const sound = [await layPicture({ master, version: "v1" }), lay(await indexOf({ master, version: "v2" }))];
    const { key, labels } = await pictureOf({ master, version: "v1", width: 801 });
    lay({ key, labels: { ...labels, settings: "others" } });
    expect(await prune(["stale", "orphan", "unknown-settings"])).toMatchObject({
      removed: { "unknown-settings": 1 },
      kept: 2,
    });
    expect(left()).toEqual(sound.toSorted());
    expect(endpoint.arrivals.some(({ bucket }) => bucket === "masters")).toBe(true);
    expect(endpoint.arrivals.some(({ operation, bucket }) => operation === "HeadObject" && bucket === "masters")).toBe(
      false,
    );
  });

  it("removes what is of masters that were replaced or are gone, and nothing else", async () => {
    const { current, unknown, others } = await layKinds();
    const outcome = await prune(["stale", "orphan"]);
    expect(outcome).toMatchObject({ removed: { stale: 1, orphan: 2 }, kept: 3, failure: undefined });
    expect(outcome.bytes.orphan.bytes).toBe(400);
    expect(left()).toEqual([...current, ...unknown, ...others].toSorted());
    expect([...endpoint.objects.keys()]).toEqual(["there"]);
    const written = endpoint.arrivals.filter(({ bucket }) => bucket !== "derivatives");
    expect(new Set(written.map(({ operation }) => operation))).toEqual(new Set(["HeadBucket", "HeadObject"]));
  });

  it("removes what no request leads to where it is asked for", async () => {
    const { unknown, stale } = await layKinds();
    expect((await prune(["unknown-settings"])).removed).toEqual({ "unknown-settings": 1 });
    expect(left()).not.toContain(unknown[0]);
    expect(left()).toContain(stale[0]);
  });

  it("says what it would remove, and removes nothing", async () => {
    await layKinds();
    const before = left();
    expect((await prune(["stale", "orphan"], { isDry: true })).removed).toEqual({ stale: 1, orphan: 2 });
    expect(left()).toEqual(before);
  });

  it("asks for nothing but the listing and the deletion where age alone counts", async () => {
    await layPicture({ master: "a", version: "v1" }, { bytes: 1 << 19, days: 31 });
    const small = await layPicture({ master: "b", version: "v1" }, { days: 31 });
    expect((await prune(["old"], { days: 30 })).removed).toEqual({ old: 1 });
    expect(left()).toEqual([small]);
    const { length: checks } = ["masters", "derivatives"];
    expect(endpoint.arrivals.slice(checks).map(({ operation }) => operation)).toEqual([
      "ListObjectsV2",
      "ListObjectsV2",
      "DeleteObjects",
    ]);
  });

  it("asks once for a master, and of one that is gone for one of its derivatives", async () => {
    layMaster("there", "v1");
    for (let width = 1; width <= 20; width++) {
      await layPicture({ master: "gone", version: "v1", width });
      await layPicture({ master: "there", version: "v1", width });
    }
    const { length: there } = left().filter(
      (key) => endpoint.derivatives.get(key)?.headers["x-amz-meta-key"] === "there",
    );
    await prune(["orphan"]);
    const heads = endpoint.arrivals.filter(({ operation }) => operation === "HeadObject");
    expect(
      heads
        .filter(({ bucket }) => bucket === "masters")
        .map(({ key }) => key)
        .toSorted(),
    ).toEqual(["gone", "there"]);
    expect(heads.filter(({ bucket }) => bucket === "derivatives").length).toBe(there + 1);
  });

  it("deletes a thousand a call at the most, and goes on where a run was cut off", async () => {
    for (let index = 0; index < 1200; index++) {
      lay({ key: `derivatives/${"f".repeat(32)}/${index}`, labels: {} }, { days: 900 });
    }
    let calls = 0;
    endpoint.fault = ({ operation }) => (operation === "DeleteObjects" && ++calls > 1 ? 400 : undefined);
    expect(await prune(["old"])).toMatchObject({ failure: "failed", removed: { old: 1000 } });
    expect(left()).toHaveLength(200);
    endpoint.fault = () => undefined;
    expect(await prune(["old"])).toMatchObject({ failure: undefined, removed: { old: 200 } });
    expect(left()).toEqual([]);
  });

  it("takes nothing for an orphan because a bucket is not there", async () => {
    await layKinds();
    const before = left();
    const masters = bucketAt({ ...endpoint, bucket: "none" });
    const judge = { ...bucketsAt(endpoint), masters, rules: shippedRules };
    const order = { reasons: new Set(["orphan"] as const), days: 90, now, isDry: false };
    expect((await pruneDerivatives(judge, order)).failure).toMatchObject({ code: "no-bucket" });
    expect(left()).toEqual(before);
  });

  it("takes a deletion whose answer was lost for done once it is repeated", async () => {
    await layKinds();
    let calls = 0;
    endpoint.fault = ({ operation }) => (operation === "DeleteObjects" && ++calls === 1 ? "drop-after" : undefined);
    expect(await prune(["stale", "orphan"])).toMatchObject({ removed: { stale: 1, orphan: 2 }, failure: undefined });
    expect(calls).toBe(2);
  });

  it("loses nothing, at whichever call it is stopped", async () => {
    let runs = 0;
    for (let isStopped = true; isStopped; ) {
      const call = ++runs;
      endpoint.derivatives.clear();
      endpoint.fault = () => undefined;
      const { current, unknown, others } = await layKinds();
      const stop = new AbortController();
      let seen = 0;
      endpoint.fault = () => {
        if (++seen === call) stop.abort();
        return undefined;
      };
      const judge = { ...bucketsAt(endpoint, stop.signal), rules: shippedRules };
      const order = { reasons: new Set(["stale", "orphan"] as const), days: 90, now, isDry: false };
      const { failure } = await pruneDerivatives(judge, order, { signal: stop.signal });
      isStopped = failure !== undefined;
      if (isStopped) expect(failure).toMatchObject({ code: "stopped" });
      for (const key of [...current, ...unknown, ...others]) expect(left()).toContain(key);
      endpoint.fault = () => undefined;
      await prune(["stale", "orphan"]);
      expect(left()).toEqual([...current, ...unknown, ...others].toSorted());
    }
    // Both buckets are asked for, two lists are read, two masters and three derivatives or more looked up, all is deleted.
    expect(runs).toBeGreaterThan(8);
  });
});

describe("what is kept of a master", () => {
  it("is told with its state", async () => {
    await layKinds();
    const judge = { ...bucketsAt(endpoint), rules: shippedRules };
    const kept = await derivativesOf(judge, await placesOf(masterKeyOf("there")));
    expect(kept.map(({ state }) => state).toSorted()).toEqual(["current", "current", "stale"]);
    const gone = await derivativesOf(judge, await placesOf(masterKeyOf("gone")));
    expect(gone.map(({ state, bytes }) => [state, bytes])).toEqual([
      ["orphan", 300],
      ["orphan", 100],
    ]);
  });
});
