import { execFileSync } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";

/** A process of this machine. */
export interface RunningProcess {
  readonly id: number;
  readonly parent: number;
  readonly group: number;
  readonly command: string;
}

/** Returns the processes of this machine; those that ended and nobody asked after are none. */
export function runningProcesses(): readonly RunningProcess[] {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid=,pgid=,stat=,args="], { encoding: "utf8" }).split("\n");
  return lines.flatMap((line): readonly RunningProcess[] => {
    const [id, parent, group, state = "", ...command] = line.trim().split(/\s+/);
    if (state === "" || state.startsWith("Z")) return [];
    return [{ id: Number(id), parent: Number(parent), group: Number(group), command: command.join(" ") }];
  });
}

/** Returns the processes of a group, its leader among them. */
export function groupMembers(group: number): readonly RunningProcess[] {
  return runningProcesses().filter((running) => running.group === group);
}

/** Waits until a group has no process left; what hangs ends with the test's own time. */
export async function waitForEndOfGroup(group: number): Promise<void> {
  while (groupMembers(group).length > 0) await wait(50);
}
