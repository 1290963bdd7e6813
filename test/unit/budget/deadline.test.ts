import { describe, expect, it } from "vitest";
import { DeadlinePassed, withDeadline } from "../../../src/budget/deadline.ts";
import { TestClock } from "../../support/test-clock.ts";

describe("a wait with a deadline", () => {
  it("ends with the work, and leaves no timer", async () => {
    const clock = new TestClock();
    expect(await withDeadline(clock, 5, async () => 7)).toBe(7);
    await expect(withDeadline(clock, 5, () => Promise.reject(new RangeError("no")))).rejects.toThrow(RangeError);
    expect(clock.timers).toBe(0);
  });

  it("ends when its time is up, and aborts the work with the reason", async () => {
    const clock = new TestClock();
    let reason: unknown;
    const work = (signal: AbortSignal) =>
      new Promise<never>((_, reject) => {
        signal.addEventListener("abort", () => {
          reason = signal.reason;
          reject(signal.reason);
        });
      });
    const failure = withDeadline(clock, 0.1, work).catch((error: unknown) => error);
    await clock.pass(100);
    expect(await failure).toBeInstanceOf(DeadlinePassed);
    expect(reason).toMatchObject({ name: "DeadlinePassed", seconds: 0.1 });
    expect(clock.timers).toBe(0);
  });

  it("takes no notice of what comes or fails late", async () => {
    const clock = new TestClock();
    const late = [
      () => new Promise<number>((resolve) => clock.after(500, () => resolve(7))),
      () => new Promise<number>((_, reject) => clock.after(500, () => reject(new Error("late")))),
    ];
    for (const work of late) {
      const failure = withDeadline(clock, 0.1, work).catch((error: unknown) => error);
      await clock.pass(600);
      expect(await failure).toBeInstanceOf(DeadlinePassed);
    }
  });
});
