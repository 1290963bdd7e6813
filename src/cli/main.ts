import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { type Terminal, type TerminalOutput, terminalOutput } from "../node/terminal.ts";
import { chooseService } from "../settings/service-places.ts";
import { runCommandLine } from "./command-line.ts";
import { converter } from "./converter.ts";

/**
 * A second signal within this time is the first one again, passed on by npm or sent to the whole group by a terminal.
 */
const sameSignalMilliseconds = 1000;

/** How long a stopped command may take to exit by itself once it is done. */
const lastMilliseconds = 500;

/** What is said of the first signal: `tessera batch` asks a service, and leaves no files. */
const stopping =
  process.argv[2] === "batch"
    ? "Stopping. Press Ctrl-C again to stop at once."
    : "Stopping: unfinished files are removed. Press Ctrl-C again to stop at once.";

/**
 * Returns a signal that is aborted by Ctrl-C and similar signals, and when the process that handed over to this one
 * ends; the second signal ends the process at once.
 */
function abortOnSignals(output: TerminalOutput, endNow: () => void): AbortSignal {
  const controller = new AbortController();
  let first = 0;
  const stop = () => {
    if (!controller.signal.aborted) {
      first = performance.now();
      output.say([stopping]);
      controller.abort();
    } else if (performance.now() - first > sameSignalMilliseconds) {
      endNow();
      endBySignal();
    }
  };
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, stop);
  process.once("disconnect", stop);
  process.channel?.unref();
  return controller.signal;
}

/**
 * Ends the process the way Ctrl-C ends one that does not listen, with status 130 for a shell. A normal exit would wait
 * for the pixels that libvips is working on, which takes minutes for a large picture.
 */
function endBySignal(): void {
  process.removeAllListeners("SIGINT");
  process.kill(process.pid, "SIGINT");
}

/**
 * Returns a signal that is aborted when a stream is closed by its reader. What is written after that is lost, and the
 * command goes on: what it has to do does not depend on who looks.
 */
function abortOnClosing(stream: NodeJS.WriteStream): AbortSignal {
  const controller = new AbortController();
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    controller.abort();
  });
  return controller.signal;
}

let removeNow = () => {};
const unread = abortOnClosing(process.stdout);
const unheard = abortOnClosing(process.stderr);
const output = terminalOutput({
  results: (text) => void (unread.aborted || process.stdout.write(text)),
  people: (text) => void (unheard.aborted || process.stderr.write(text)),
  columns: process.stderr.isTTY === true ? () => process.stderr.columns || 80 : undefined,
});
const folder = process.cwd();
const projectFolder = join(import.meta.dirname, "..", "..");
const signal = abortOnSignals(output, () => removeNow());

/** Asks on the terminal; Ctrl-C and the end of the input are no. */
async function confirm(question: string): Promise<boolean> {
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new AbortController();
  asking.once("close", () => closed.abort());
  asking.once("SIGINT", () => process.kill(process.pid, "SIGINT"));
  try {
    const answer = await asking.question(`${question} [y/N] `, { signal: AbortSignal.any([signal, closed.signal]) });
    return /^y(?:es)?$/i.test(answer.trim());
  } catch {
    return false;
  } finally {
    asking.close();
  }
}

const terminal: Terminal = {
  ...output,
  folder,
  projectFolder,
  service: chooseService(folder, { isCheckout: import.meta.filename.endsWith(".ts"), projectFolder }),
  environment: process.env,
  signal,
  confirm: process.stdin.isTTY === true && process.stderr.isTTY === true ? confirm : undefined,
  unread,
  onFolder: (remove) => {
    removeNow = remove;
  },
};

process.exitCode = await runCommandLine(process.argv.slice(2), { terminal, converter });
// By now everything is cleaned up; what still runs is work on pixels that nobody waits for.
if (terminal.signal.aborted) setTimeout(endBySignal, lastMilliseconds).unref();
