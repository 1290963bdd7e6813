import { describe, expect, it } from "vitest";
import { newAccount } from "../../../src/account.ts";
import { describeStatistics, formatStatistics } from "../../../src/cli/stats-text.ts";
import { type Breakdown, StatisticsSum } from "../../../src/statistics/report.ts";
import type { RollUp } from "../../../src/statistics/roll-up.ts";
import { rollUpLimits } from "../../../src/statistics/roll-up.ts";
import {
  countStored,
  formatStorageState,
  parseStorageState,
  type StorageCounts,
} from "../../../src/statistics/storage-count.ts";
import { countObservation, newTally } from "../../../src/statistics/tally.ts";

const now = Date.parse("2026-11-29T05:31:00Z");

function rollUpOf(period: string, identifier: string, requests: number): RollUp {
  const tally = newTally();
  for (let at = 0; at < requests; at++) {
    const account = { ...newAccount(), identifier, index: "isolate", strategy: "copy", sentBytes: 500_000 } as const;
    const seen = { class: "image", status: 200, code: "ok", client: "browser", milliseconds: 4, at: now } as const;
    countObservation(tally, { ...seen, account }, rollUpLimits);
  }
  return { period, from: [`${period}-${identifier}`], tally };
}

const reportOf = (sum: StatisticsSum, by: Breakdown, missing?: string) => ({
  ...{ since: 24, by, rows: sum.rows(by), total: sum.tally.total, others: sum.tally.others },
  ...{ periods: sum.periods, missing },
});

describe("figures of a time", () => {
  const sum = new StatisticsSum(now - 7 * 86_400_000);
  for (const rollUp of [
    rollUpOf("2026-11-29T04", "a", 2),
    rollUpOf("2026-11-29T04", "a", 2),
    rollUpOf("2026-11-22", "old", 5),
    rollUpOf("2026-11-21", "older", 5),
    rollUpOf("2026-10", "oldest", 5),
    rollUpOf("2026-11-29T05", "a", 1),
  ])
    sum.add(rollUp);

  it("have days that begin before it whole, and nothing twice", () => {
    expect(sum.rows("hour").map(({ name, figures }) => [name, figures[0]])).toEqual([
      ["2026-11-22", 5],
      ["2026-11-29T04", 2],
      ["2026-11-29T05", 1],
    ]);
    expect(sum.rows("image").map(({ name, figures, last }) => [name, figures[0], last])).toEqual([
      ["old", 5, now],
      ["a", 3, now],
    ]);
    expect(["2026-11", "2026-10", "2026-11-22T05", "2026-11-22T04"].map((period) => sum.isWithin(period))).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  it("are told to scripts with what is in none of them", () => {
    const told = describeStatistics(reportOf(sum, "client", "No service is running"));
    expect(told).toMatchObject({
      ...{ first: "2026-11-22", last: "2026-11-29T05", runningHourMissing: "No service is running" },
      total: { requests: 8, bytes: 4_000_000, milliseconds: 32, reads: 0, readBytes: 0, pixels: 0 },
      rows: [{ name: "browser", requests: 8 }],
    });
    expect(JSON.stringify(told)).toContain("Hits of the cache in front of the Worker run no code");
  });

  it("are told to people, also where there are none, or many", () => {
    const [first, ...empty] = formatStatistics(reportOf(new StatisticsSum(now), "class", "No service is running"));
    expect(first).toBe("Nothing was counted in the last 24 hours.");
    expect(empty.join("\n")).toContain("The hour that is running is missing: No service is running.");
    const many = new StatisticsSum(now);
    for (let at = 0; at < 1100; at++) many.add(rollUpOf("2026-11-29T05", `image ${at}`, 1));
    const text = formatStatistics(reportOf(many, "image")).join("\n");
    expect(text).toMatch(/^other images +\d+ /m);
    expect(text).toMatch(/^\d+ more rows: --json has them$/m);
    expect(text).toMatch(/^all +1100 +100 %/m);
  });
});

describe("what is stored", () => {
  it("is counted by kind", () => {
    const counts: StorageCounts = {};
    for (const key of ["records/a.json", "records/b.json", "objects/a.json", "elsewhere"]) {
      countStored(counts, "catalogue", { key, bytes: 10 });
    }
    countStored(counts, "masters", { key: "records/a.json", bytes: 5 });
    countStored(counts, "derivatives", { key: "masters/x/1", bytes: 5 });
    expect(counts).toEqual({
      "records of images": { objects: 2, bytes: 20 },
      objects: { objects: 1, bytes: 10 },
      "others of the catalogue": { objects: 1, bytes: 10 },
      masters: { objects: 1, bytes: 5 },
      "parsed masters": { objects: 1, bytes: 5 },
    });
    const state = { finished: { at: now, counts }, running: { since: now, bucket: "catalogue", counts } as const };
    expect(parseStorageState(formatStorageState(state))).toEqual({ ...state, running: { ...state.running } });
    // A count that is damaged begins anew.
    expect([parseStorageState("{"), parseStorageState('{"format":2}')]).toEqual([{}, {}]);
  });
});
