import { describe, expect, it } from "vitest";
import { DeadlinePassed, withDeadline } from "../../../src/cache/deadline.ts";

describe("withDeadline", () => {
  it("returns what is answered in time and throws what is thrown", async () => {
    expect(await withDeadline(5, async () => 7)).toBe(7);
    await expect(withDeadline(5, () => Promise.reject(new RangeError("no")))).rejects.toThrow(RangeError);
  });

  it("throws when the deadline passes, and aborts the work with the same reason", async () => {
    let reason: unknown;
    const work = (signal: AbortSignal): Promise<never> => {
      signal.addEventListener("abort", () => {
        reason = signal.reason;
      });
      return new Promise(() => undefined);
    };
    await expect(withDeadline(0.01, work)).rejects.toThrow(DeadlinePassed);
    expect(reason).toMatchObject({ name: "DeadlinePassed", seconds: 0.01 });
  });

  it("is not surprised by work that fails too late", async () => {
    const work = (): Promise<never> => new Promise((_, reject) => setTimeout(() => reject(new Error("late")), 30));
    await expect(withDeadline(0.01, work)).rejects.toThrow(DeadlinePassed);
    await new Promise((done) => setTimeout(done, 40));
  });
});
