import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { finished } from "node:stream/promises";
import { setTimeout as wait } from "node:timers/promises";

/** A process that was started `detached`, and all that it starts in its turn: none of them outlives this process. */
export interface ProcessGroup {
  /** Settles when the leader ended, whoever ended it, with the rest of its group; what they print must be read. */
  readonly ended: Promise<void>;
  /** Ends the group: `ask` asks its leader to, and what is still there after the grace is killed. */
  readonly end: (ask: () => void) => Promise<void>;
  /** Kills the group as soon as a signal is aborted. */
  readonly killOn: (signal: AbortSignal) => void;
}

/**
 * The guard of a group waits until the pipe from this process closes, which it does however this process ends; gives the
 * leader its grace, in seconds, and kills the group.
 */
const guard = `read -r _
grace=$2
while [ "$grace" -gt 0 ] && kill -s 0 "$1"; do sleep 1; grace=$((grace - 1)); done
kill -s KILL -- "-$1"`;

/**
 * Binds the group that a process leads to the life of this process. The grace is the time in which the leader ends by itself
 * when it is asked to, or sees that this process is gone; 0 for one that does not look.
 */
export function bindGroup(leader: ChildProcess, graceSeconds: number): ProcessGroup {
  const { pid } = leader;
  const killGroup = () => {
    if (pid === undefined) return;
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      // The group is gone, which is what was wanted.
    }
  };
  const endGuard = pid === undefined ? () => {} : startGuard(pid, graceSeconds);
  process.once("exit", killGroup);
  const exited = new Promise<void>((resolve) => {
    const release = () => {
      killGroup();
      endGuard();
      process.off("exit", killGroup);
      resolve();
    };
    leader.once("exit", release);
    // One that could not be started has no exit.
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

/** Waits for the end of what the group prints, which comes with the last of its processes. */
async function readToEnd({ stdout, stderr }: ChildProcess): Promise<void> {
  await Promise.allSettled([stdout, stderr].map((stream) => stream && finished(stream, { writable: false })));
}

/** Starts a guard in a group of its own, which Ctrl-C does not reach. Returns what ends it. */
function startGuard(leader: number, graceSeconds: number): () => void {
  const child = spawn("sh", ["-c", guard, "guard", String(leader), String(graceSeconds)], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  child.unref();
  (child.stdin as Socket).unref();
  // Where there is no shell, what this process can still do at its end must be enough.
  child.on("error", () => {});
  child.stdin.on("error", () => {});
  return () => void child.kill("SIGKILL");
}
