import { describe, expect, it } from "vitest";
import { formatShare, shardKind, shardOfEnvironment } from "../../../src/settings/shard.ts";

const faultOf = (given: string): string => {
  const checked = shardKind.check(given);
  return "fault" in checked ? checked.fault : "";
};

function read(environment: Readonly<Record<string, string>>) {
  const faults: string[] = [];
  const shard = shardOfEnvironment(environment, faults);
  return shard === undefined ? faults : formatShare(shard);
}

describe("--shard", () => {
  it("takes parts from 1 to N, auto and last", () => {
    for (const given of ["1/1", "3/3", "100000/100000", "last"]) {
      const checked = shardKind.check(given);
      expect("value" in checked && checked.value.kind !== "auto" && formatShare(checked.value)).toBe(given);
    }
    expect(shardKind.check("auto")).toEqual({ value: { kind: "auto" } });
  });

  it.each(["0/3", "4/3", "1/0", "1/100001", "1-3", "/3", "1/", "-1/3", "1/3/3", "{#}/{n}", ""])(
    "refuses %j",
    (given) => {
      expect(faultOf(given)).toMatch(/not a shard from 1\/N to N\/N/);
    },
  );
});

describe("--shard auto", () => {
  const batch = { AWS_BATCH_JOB_ARRAY_INDEX: "0", AWS_BATCH_JOB_ARRAY_SIZE: "8" };
  const kubernetes = { JOB_COMPLETION_INDEX: "7", TESSERA_SHARDS: "8" };
  const slurm = { SLURM_ARRAY_TASK_ID: "5", SLURM_ARRAY_TASK_COUNT: "4", SLURM_ARRAY_TASK_MIN: "5" };

  it("counts from 1 where AWS Batch and Kubernetes count from 0, and Slurm from whatever it was told", () => {
    expect(read(batch)).toBe("1/8");
    expect(read({ ...batch, AWS_BATCH_JOB_ARRAY_INDEX: "7" })).toBe("8/8");
    expect(read(kubernetes)).toBe("8/8");
    expect(read(slurm)).toBe("1/4");
    expect(read({ ...slurm, SLURM_ARRAY_TASK_ID: "0", SLURM_ARRAY_TASK_MIN: "0" })).toBe("1/4");
    // Set for all, and meant for pods alone.
    expect(read({ ...batch, TESSERA_SHARDS: "3" })).toBe("1/8");
  });

  it.each([
    [{}, /finds none of AWS_BATCH_JOB_ARRAY_INDEX, JOB_COMPLETION_INDEX, SLURM_ARRAY_TASK_ID in the environment: say/],
    [{ TESSERA_SHARDS: "3" }, /finds none of/],
    [{ AWS_BATCH_JOB_ARRAY_SIZE: "8" }, /AWS_BATCH_JOB_ARRAY_SIZE is set and AWS_BATCH_JOB_ARRAY_INDEX is not$/],
    [{ AWS_BATCH_JOB_ARRAY_INDEX: "1" }, /AWS_BATCH_JOB_ARRAY_INDEX is set and AWS_BATCH_JOB_ARRAY_SIZE is not$/],
    [
      { JOB_COMPLETION_INDEX: "1" },
      /TESSERA_SHARDS is not; Kubernetes does not say .*: set it to completions of the Job$/,
    ],
    [{ ...slurm, SLURM_ARRAY_TASK_MIN: "" }, /SLURM_ARRAY_TASK_ID is set and SLURM_ARRAY_TASK_MIN is not$/],
    [
      { ...batch, AWS_BATCH_JOB_ARRAY_INDEX: "8" },
      /AWS_BATCH_JOB_ARRAY_INDEX is 8, which is not in 0 to 7, for .*SIZE is 8$/,
    ],
    [{ ...slurm, SLURM_ARRAY_TASK_ID: "9" }, /SLURM_ARRAY_TASK_ID is 9, which is not in 5 to 8, .*--array=1-4 does$/],
    [{ ...slurm, SLURM_ARRAY_TASK_ID: "4" }, /SLURM_ARRAY_TASK_ID is 4, which is not in 5 to 8/],
    [{ ...batch, AWS_BATCH_JOB_ARRAY_SIZE: "0" }, /AWS_BATCH_JOB_ARRAY_INDEX is 0, which is not in/],
    [{ ...kubernetes, TESSERA_SHARDS: "200000" }, /TESSERA_SHARDS is 200000, and at most 100000 shards are made$/],
    [{ ...kubernetes, TESSERA_SHARDS: "many" }, /TESSERA_SHARDS is "many", not a number$/],
    [
      { ...batch, JOB_COMPLETION_INDEX: "0" },
      /_INDEX of AWS Batch and JOB_COMPLETION_INDEX of Kubernetes in the env.*: say/,
    ],
  ])("refuses %j", (environment, fault) => {
    expect(read(environment as Readonly<Record<string, string>>)).toEqual([expect.stringMatching(fault)]);
  });
});
