import { describe, expect, it } from "vitest";
import type { Jobs } from "../../../src/batch/jobs.ts";
import { type RunSteps, runTask } from "../../../src/batch/task-run.ts";

/** Takes the steps of a run: each turn comes to the next of the outcomes, the last of which goes on for ever. */
async function takeSteps(
  turns: readonly object[],
  isReported: readonly boolean[] = [true],
): Promise<readonly string[]> {
  const taken: string[] = [];
  const counts = { turn: 0, report: 0 };
  const step = {
    do: async (name: string) => {
      taken.push(name);
      if (name.startsWith("turn")) return turns[Math.min(counts.turn++, turns.length - 1)];
      return isReported[counts.report++];
    },
    waitForEvent: async (name: string, { timeout }: { readonly timeout: string }) => {
      taken.push(`${name}, ${timeout}`);
      throw new Error("Nobody came.");
    },
  };
  await runTask(undefined as unknown as Jobs, "task", step as unknown as RunSteps);
  return taken;
}

const ended = { isEnded: true, isMore: false, sent: 0 };
const idle = { isEnded: false, isMore: false, sent: 0 };

describe("the run of a task", () => {
  it("goes on at once while there is more to find, and ends with the report", async () => {
    expect(await takeSteps([{ ...idle, isMore: true }, { ...idle, isMore: true }, ended])).toEqual([
      ...["turn 1", "turn 2", "turn 3", "report 3"],
    ]);
  });

  it("looks again after pauses that double, up to five minutes, and start anew when something was sent", async () => {
    const taken = await takeSteps([...Array(7).fill(idle), { ...idle, sent: 3 }, ended]);
    expect(taken.flatMap((name) => /, (\d+) seconds/.exec(name)?.[1] ?? [])).toEqual([
      "20",
      "40",
      "80",
      "160",
      "300",
      "300",
      "300",
      "10",
    ]);
  });

  it("goes on when somebody had items tried again meanwhile", async () => {
    expect(await takeSteps([ended, ended], [false, true])).toEqual(["turn 1", "report 1", "turn 2", "report 2"]);
  });

  it("hands over before it comes to the limits of the platform", async () => {
    const taken = await takeSteps([idle]);
    expect(taken).toHaveLength(601);
    expect(taken.at(-1)).toBe("hand over");
  });
});
