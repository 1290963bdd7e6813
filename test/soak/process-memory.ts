import { readdirSync, readFileSync } from "node:fs";

/** Returns the process of workerd that this one has started. Throws where there is none. */
export function workerdPid(): number {
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = read(`/proc/${name}/stat`);
    const parent = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1];
    if (Number(parent) === process.pid && read(`/proc/${name}/cmdline`).includes("workerd")) return Number(name);
  }
  throw new Error("workerd is not there");
}

/** Returns what a process has in memory now, in bytes. */
export function memoryOf(pid: number): number {
  return Number(/VmRSS:\s*(\d+)/.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1024;
}

function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
