import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { shardOf } from "../../../src/job/shard.ts";

describe("the shard of a name", () => {
  it("is the first eight bytes of its SHA-256 modulo the number of shards, from 1 on, of whatever script it is", () => {
    for (const name of ["maps/1850/plate", "地図/1", ""]) {
      const front = createHash("sha256").update(name, "utf8").digest("hex").slice(0, 16);
      for (const of of [1, 7, 100_000]) expect(shardOf(name, of)).toBe(Number(BigInt(`0x${front}`) % BigInt(of)) + 1);
    }
    // Written down: another answer would store twice, or never, what runs of two versions share.
    expect([shardOf("maps/1850/plate", 1000), shardOf("地図/1", 1000)]).toEqual([538, 336]);
  });

  it("gives each of eight shards about as many of names that count up", () => {
    const counts = new Map<number, number>();
    for (let index = 0; index < 16_000; index += 1) {
      const shard = shardOf(`scans/plate-${String(index).padStart(5, "0")}`, 8);
      counts.set(shard, (counts.get(shard) ?? 0) + 1);
    }
    expect([...counts.keys()].toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    // Four standard deviations of 16,000 draws.
    for (const count of counts.values()) expect(Math.abs(count - 2000)).toBeLessThan(4 * Math.sqrt((16_000 * 7) / 64));
  });
});
