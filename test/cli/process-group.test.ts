import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { groupMembers, waitForEndOfGroup } from "../support/processes.ts";

const starter = join(import.meta.dirname, "..", "support", "bound-group.ts");

/** Starts what binds a group, and waits until the group has both its processes. */
async function startBound(graceSeconds: number): Promise<{ readonly child: ChildProcess; readonly group: number }> {
  const child = fork(starter, [String(graceSeconds)], { execArgv: [] });
  const [{ group }] = (await once(child, "message")) as [{ readonly group: number }];
  while (groupMembers(group).length < 2) await wait(50);
  return { child, group };
}

describe("a group of processes", () => {
  it.each([0, 1])(
    "ends with the process that started it, killed or not, after a grace of %i s",
    async (graceSeconds) => {
      const { child, group } = await startBound(graceSeconds);
      child.kill("SIGKILL");
      await waitForEndOfGroup(group);
      expect(groupMembers(group)).toEqual([]);
    },
  );

  it("ends with its leader, which the starter sees", async () => {
    const { child, group } = await startBound(0);
    process.kill(group, "SIGKILL");
    const [status] = await once(child, "exit");
    expect(status).toBe(0);
    await waitForEndOfGroup(group);
  });

  it("ends when it is told to, those that were not asked as well", async () => {
    const { child, group } = await startBound(1);
    child.send("end");
    const [status] = await once(child, "exit");
    expect(status).toBe(0);
    await waitForEndOfGroup(group);
  });
});
