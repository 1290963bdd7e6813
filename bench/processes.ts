import { readdirSync, readFileSync, writeFileSync } from "node:fs";

/** What a tree of processes has used so far. */
export interface Usage {
  /** Processor time, user and system, in milliseconds. */
  readonly cpuMilliseconds: number;
  /** Sum of the most memory each process has held since `forgetPeaks`, in bytes. */
  readonly peakBytes: number;
}

/** Clock ticks of /proc a second: 100 on every Linux there is. Source: proc(5), sysconf(_SC_CLK_TCK). */
const ticksPerSecond = 100;

/** Returns what a process and its descendants have used. A process that has ended counts nothing. Linux only. */
export function usageOf(rootPid: number): Usage {
  const pids = treeOf(rootPid);
  return {
    cpuMilliseconds: pids.reduce((sum, pid) => sum + cpuMillisecondsOf(pid), 0),
    peakBytes: pids.reduce((sum, pid) => sum + peakBytesOf(pid), 0),
  };
}

/**
 * Returns the processor time of all children of this process that have ended so far, and of theirs whose end they saw, in
 * milliseconds. Linux only. Source: proc(5), cutime and cstime.
 */
export function endedCpuMilliseconds(): number {
  const fields = statOf(process.pid) ?? [];
  return ((Number(fields[13]) + Number(fields[14])) * 1000) / ticksPerSecond;
}

/** Sets the peaks of a tree back to what it holds now. Source: proc(5), clear_refs. */
export function forgetPeaks(rootPid: number): void {
  for (const pid of treeOf(rootPid)) writeFileSync(`/proc/${pid}/clear_refs`, "5");
}

/** Returns whether a command is installed. */
export function isInstalled(path: string): boolean {
  const places = path.includes("/") ? [path] : (process.env.PATH ?? "").split(":").map((folder) => `${folder}/${path}`);
  return places.some((place) => {
    try {
      readFileSync(place);
      return true;
    } catch {
      return false;
    }
  });
}

function treeOf(rootPid: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    const fields = /^\d+$/.test(name) ? statOf(Number(name)) : undefined;
    if (fields !== undefined) parents.set(Number(name), Number(fields[1]));
  }
  const isInTree = (pid: number): boolean => {
    for (let at: number | undefined = pid; at !== undefined && at !== 0; at = parents.get(at)) {
      if (at === rootPid) return true;
    }
    return false;
  };
  return [...parents.keys()].filter(isInTree);
}

/** The fields of /proc/PID/stat after the name, which may contain spaces: state, parent and so on. */
function statOf(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}

/**
 * The time of a process is known in ticks, that of its living threads in nanoseconds: whichever is more is nearer.
 * Source: proc(5), utime and stime; Documentation/scheduler/sched-stats.rst.
 */
function cpuMillisecondsOf(pid: number): number {
  const fields = statOf(pid);
  if (fields === undefined) return 0;
  const ofProcess = ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
  return Math.max(ofProcess, threadNanosecondsOf(pid) / 1e6);
}

function threadNanosecondsOf(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => sum + ranNanosecondsOf(pid, thread), 0);
  } catch {
    return 0;
  }
}

function ranNanosecondsOf(pid: number, thread: string): number {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "latin1").split(" ")[0]);
  } catch {
    return 0;
  }
}

function peakBytesOf(pid: number): number {
  try {
    return Number(/VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
