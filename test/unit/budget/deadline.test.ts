import { describe, expect, it } from "vitest";
import { DeadlinePassed, withinDeadline } from "../../../src/budget/deadline.ts";
import { TestClock } from "../../support/test-clock.ts";

describe("a wait with a deadline", () => {
  it("ends with the work, and leaves no timer", async () => {
    const clock = new TestClock();
    expect(await withinDeadline(Promise.resolve(7), { clock, milliseconds: 100 })).toBe(7);
    await expect(withinDeadline(Promise.reject(new Error("no")), { clock, milliseconds: 100 })).rejects.toThrow("no");
    expect(clock.timers).toBe(0);
  });

  it("ends when its time is up, and lets go of what comes late", async () => {
    const clock = new TestClock();
    const dropped: number[] = [];
    const work = new Promise<number>((resolve) => clock.after(500, () => resolve(7)));
    const wait = withinDeadline(work, { clock, milliseconds: 100, dropLate: (late) => dropped.push(late) });
    const failure = wait.catch((error: unknown) => error);
    await clock.pass(100);
    expect(await failure).toBeInstanceOf(DeadlinePassed);
    await clock.pass(500);
    expect(dropped).toEqual([7]);
    expect(clock.timers).toBe(0);
  });

  it("takes no notice of what fails late", async () => {
    const clock = new TestClock();
    const work = new Promise<number>((_, reject) => clock.after(500, () => reject(new Error("late"))));
    const failure = withinDeadline(work, { clock, milliseconds: 100 }).catch((error: unknown) => error);
    await clock.pass(600);
    expect(await failure).toBeInstanceOf(DeadlinePassed);
  });
});
