import { join } from "node:path";
import { runCommandLine, type Terminal } from "./cli.ts";
import { converter } from "./cli-converter.ts";
import { exitStatus } from "./cli-ingest.ts";

/** A second signal within this time is the first one, passed on by npm or sent to the whole group by a terminal. */
const sameSignalMilliseconds = 1000;

/** Returns a signal that Ctrl-C and its like abort; the second time they end the process at once. */
function abortOnSignals(endNow: () => void): AbortSignal {
  const controller = new AbortController();
  let first = 0;
  const stop = () => {
    if (!controller.signal.aborted) {
      first = performance.now();
      process.stderr.write("\nStopping: what is half done is removed. Once more stops at once.\n");
      controller.abort();
    } else if (performance.now() - first > sameSignalMilliseconds) {
      endNow();
      process.exit(exitStatus.stopped);
    }
  };
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, stop);
  return controller.signal;
}

let removeNow = () => {};
const isWatched = process.stderr.isTTY === true;
const terminal: Terminal = {
  folder: process.cwd(),
  projectFolder: join(import.meta.dirname, "..", ".."),
  environment: process.env,
  print: (text) => void process.stdout.write(text),
  write: (text) => void process.stderr.write(text),
  say: (line) => void process.stderr.write(`${line}\n`),
  columns: isWatched ? () => process.stderr.columns || 80 : undefined,
  signal: abortOnSignals(() => removeNow()),
  onFolder: (remove) => {
    removeNow = remove;
  },
};

process.exitCode = await runCommandLine(process.argv.slice(2), { terminal, converter });
