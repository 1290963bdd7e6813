import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";

/** Whether the system says what memory a process takes: Linux does. */
export const tellsMemory = existsSync("/proc/self/clear_refs");

/** Returns the process of workerd that this one started last. Throws where there is none. */
export function workerdPid(): number {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && isOwnWorkerd(name));
  const newest = Math.max(...pids.map(Number));
  if (pids.length === 0) throw new Error("workerd is not there");
  return newest;
}

function isOwnWorkerd(pid: string): boolean {
  const stat = read(`/proc/${pid}/stat`);
  const parent = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1];
  return Number(parent) === process.pid && read(`/proc/${pid}/cmdline`).includes("workerd");
}

/** Returns what a process has in memory now, in bytes. Source: proc(5), VmRSS. */
export function memoryOf(pid: number): number {
  return fieldOf(pid, "VmRSS");
}

/** Does `work` and returns by how many bytes more than before it a process had in memory at the most. Source: proc(5), VmHWM. */
export async function peakGrowth(pid: number, work: () => Promise<unknown>): Promise<number> {
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
  const before = memoryOf(pid);
  await work();
  return fieldOf(pid, "VmHWM") - before;
}

function fieldOf(pid: number, field: string): number {
  return Number(new RegExp(`${field}:\\s*(\\d+)`).exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1024;
}

function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
