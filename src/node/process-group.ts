import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import type { Socket } from "node:net";
import { finished } from "node:stream/promises";
import { setTimeout as wait } from "node:timers/promises";

/** A process that was started `detached`, and every process it starts: none of them outlives this process. */
export interface ProcessGroup {
  /**
   * Settles when the leader has ended, for whatever reason, and the rest of its group with it; their output must be
   * read.
   */
  readonly ended: Promise<void>;
  /** Ends the group: `ask` asks its leader to exit, and what is left after the grace period is killed. */
  readonly end: (ask: () => void) => Promise<void>;
  /** Kills the group as soon as a signal is aborted. */
  readonly killOn: (signal: AbortSignal) => void;
}

const isWindows = process.platform === "win32";

/**
 * The guard of a group waits until the pipe from this process closes, which happens however this process ends; then it
 * gives the leader its grace period, in seconds, and kills the group.
 */
const guard = `read -r _
grace=$2
while [ "$grace" -gt 0 ] && kill -s 0 "$1"; do sleep 1; grace=$((grace - 1)); done
kill -s KILL -- "-$1"`;

/**
 * Ties the group that a process leads to the life of this process. The grace period is how long the leader has to exit
 * by itself when it is asked to or sees that this process is gone; 0 for a leader that does not check.
 */
export function bindGroup(leader: ChildProcess, graceSeconds: number): ProcessGroup {
  const { pid } = leader;
  const killGroup = () => signalGroup(leader, "SIGKILL");
  const endGuard = pid === undefined || isWindows ? () => {} : startGuard(pid, graceSeconds);
  process.once("exit", killGroup);
  const exited = new Promise<void>((resolve) => {
    const release = () => {
      killGroup();
      endGuard();
      process.off("exit", killGroup);
      resolve();
    };
    leader.once("exit", release);
    // A leader that could not be started has no exit event.
    leader.once("error", () => pid === undefined && release());
  });
  const ended = exited.then(() => readToEnd(leader));
  return {
    ended,
    async end(ask) {
      ask();
      await Promise.race([ended, wait(graceSeconds * 1000, undefined, { ref: false })]);
      killGroup();
      await ended;
    },
    killOn(signal) {
      signal.addEventListener("abort", killGroup);
      void ended.then(() => signal.removeEventListener("abort", killGroup));
    },
  };
}

/**
 * Sends a signal to every process of the group that a process leads; nothing happens if it is gone. Windows has neither
 * groups nor signals: there the process and all that it started are ended, and its guard is left out, so that what is
 * killed from outside may leave processes behind.
 */
export function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  if (isWindows) {
    // Without a shell and without waiting on its output: it also runs while this process exits.
    spawnSync("taskkill", ["/pid", String(pid), "/t", "/f"], { stdio: "ignore" });
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is already gone.
  }
}

/** Waits for the end of the group's output, which comes with the end of its last process. */
async function readToEnd({ stdout, stderr }: ChildProcess): Promise<void> {
  await Promise.allSettled([stdout, stderr].map((stream) => stream && finished(stream, { writable: false })));
}

/** Starts a guard in a group of its own, which Ctrl-C does not reach. Returns a function that ends it. */
function startGuard(leader: number, graceSeconds: number): () => void {
  const child = spawn("sh", ["-c", guard, "guard", String(leader), String(graceSeconds)], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  child.unref();
  (child.stdin as Socket).unref();
  // Without a shell, what this process can still do when it ends has to be enough.
  child.on("error", () => {});
  child.stdin.on("error", () => {});
  return () => void child.kill("SIGKILL");
}
