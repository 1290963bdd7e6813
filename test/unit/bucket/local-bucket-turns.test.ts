import { describe, expect, it } from "vitest";
import { BucketError } from "../../../src/bucket/bucket.ts";
import { inTurn } from "../../../src/bucket/local-bucket-turns.ts";

function failing(times: number, message: string) {
  let calls = 0;
  const work = async () => {
    calls += 1;
    if (calls <= times) throw new BucketError("failed", message);
    return calls;
  };
  return { work, calls: () => calls };
}

describe("a call to the local buckets", () => {
  it.each([
    "The local bucket: put: Unspecified error (0)",
    "The local bucket: The Workers runtime failed to start. … database is locked: SQLITE_BUSY",
    "The local bucket: internal error; reference = rqppkl8t8j544p8b4jhnbqhb",
  ])("is made again where another process was in its way: %s", async (message) => {
    expect(await inTurn(failing(1, message).work, undefined)).toBe(2);
  });

  it("fails at once for any other reason, and once it is stopped", async () => {
    const other = failing(1, "The local bucket: maps/1 is not there.");
    await expect(inTurn(other.work, undefined)).rejects.toMatchObject({ code: "failed" });
    const stopped = failing(1, "SQLITE_BUSY");
    await expect(inTurn(stopped.work, AbortSignal.abort())).rejects.toMatchObject({ code: "stopped" });
    expect([other.calls(), stopped.calls()]).toEqual([1, 1]);
  });
});
