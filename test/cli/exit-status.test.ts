import { describe, expect, it } from "vitest";
import { statusOf } from "../../src/cli/ingest-records.ts";
import type { ImageOutcome } from "../../src/job/job.ts";
import type { ObjectOutcomes } from "../../src/job/object-job.ts";
import { makeReport } from "../../src/job/report.ts";

const image: ImageOutcome["image"] = {
  ...{ source: "a.tif", page: undefined, identifier: "a", key: "a", path: "a.tif", folder: undefined, bytesIn: 1 },
  treatment: { mode: "repack", settings: {} as never },
  record: undefined,
};
const failed = (code: string): ImageOutcome => ({ image, status: "failed", failure: { code, message: "" } });
const stopped: ImageOutcome = { image, status: "stopped" };

function statusFor(outcomes: readonly ImageOutcome[], objects?: Partial<ObjectOutcomes>): number {
  return statusOf(
    makeReport({
      started: new Date(0),
      seconds: 1,
      bucketNames: { masters: "masters", catalogue: "catalogue" },
      outcomes,
      objects: objects && { objects: [], collections: [], notes: [], feed: { told: 0 }, ...objects },
      plan: { failures: [], skipped: [], warnings: [] },
      operations: { classA: 0, classB: 0 },
    }),
  );
}

describe("the exit status of a run", () => {
  it.each(["unavailable", "disk-full", "corrupted", "changed"])("is 75 after %s, with whatever else", (code) => {
    expect(statusFor([failed(code)])).toBe(75);
    expect(statusFor([failed("damaged"), failed(code), stopped])).toBe(75);
    const failure = { code, message: "" };
    expect(statusFor([], { objects: [{ key: "a", status: "failed", failure }] })).toBe(75);
    expect(statusFor([], { collections: [{ key: "a", status: "failed", failure }] })).toBe(75);
    expect(statusFor([], { feed: { failure } })).toBe(75);
  });

  it("is 1 after what comes again, 130 where it was only stopped, and 0 where nothing failed", () => {
    for (const code of ["damaged", "refused", "no-bucket", "failed", "internal"]) {
      expect(statusFor([failed(code), stopped])).toBe(1);
    }
    expect(statusFor([stopped])).toBe(130);
    expect(statusFor([], {})).toBe(0);
  });
});
