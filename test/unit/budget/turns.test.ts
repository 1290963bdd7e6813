import { beforeEach, describe, expect, it } from "vitest";
import { type Turn, Turns } from "../../../src/budget/turns.ts";
import { TestClock } from "../../support/test-clock.ts";

let clock: TestClock;
let turns: Turns;
let steps: string[];

beforeEach(() => {
  clock = new TestClock();
  turns = new Turns(clock);
  steps = [];
});

/** A large drawing: each of its steps computes for 20 milliseconds, in which no timer fires. */
async function draw(name: string, count: number): Promise<void> {
  let turn: Turn | undefined;
  for (let step = 0; step < count; step++) {
    turn = await turns.next(turn);
    steps.push(name);
    clock.compute(20);
  }
}

/** Something small, which waits for storage some times and then computes for a moment. */
async function tile(name: string, waits: number): Promise<void> {
  for (let wait = 0; wait < waits; wait++) await new Promise<void>((done) => clock.after(1, done));
  steps.push(name);
}

describe("Turns", () => {
  it("give each large drawing a step in turn", async () => {
    const drawn = ["a", "b", "c"].map((name) => draw(name, 3));
    await clock.pass(1000);
    await Promise.all(drawn);
    expect(steps.join("")).toBe("abcabcabc");
    expect(turns.waiting).toBe(0);
  });

  it.each([1, 10, 40])("let a tile pass after a step for each of its waits, however many draw: %i", async (count) => {
    const drawn = Array.from({ length: count }, () => draw("-", 20));
    await clock.pass(50);
    const before = steps.length;
    const passed = tile("tile", 3);
    await clock.pass(100_000);
    await Promise.all([...drawn, passed]);
    // The step that was computing when it came, and one for each wait.
    expect(steps.indexOf("tile") - before).toBeLessThanOrEqual(4);
    expect(steps).toHaveLength(20 * count + 1);
  });

  it("let a drawing that comes late have its first turn before the others' next", async () => {
    const drawn = [draw("a", 50), draw("b", 50)];
    await clock.pass(200);
    const before = steps.length;
    drawn.push(draw("late", 1));
    await clock.pass(10_000);
    await Promise.all(drawn);
    expect(steps.indexOf("late") - before).toBeLessThanOrEqual(2);
  });

  it("keep nobody waiting for a drawing that the platform has ended", async () => {
    void draw("dead", 1);
    clock.killTimers();
    const alive = draw("alive", 2);
    await clock.pass(3000);
    await alive;
    expect(steps).toEqual(["alive", "alive"]);
    expect(turns.waiting).toBe(0);
  });
});
