import { fork } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { bindGroup } from "../node/process-group.ts";
import type { Terminal } from "../node/terminal.ts";
import { CommandFaults } from "./command-faults.ts";
import type { Naming } from "./identifier-template.ts";
import type { ServiceAnswer } from "./service-settings-process.ts";

/** The settings in wrangler.toml that affect the ingest. */
export interface ServiceSettings {
  readonly naming: Naming;
  /** `bucket_name` of the binding MASTERS. */
  readonly mastersBucket: string | undefined;
  /** `bucket_name` of the binding CATALOGUE. */
  readonly catalogueBucket: string | undefined;
}

/** Reading takes a few seconds, because wrangler has to load. */
const readMilliseconds = 120_000;

/**
 * Reads the settings of the service, so that masters are put where it looks for them, and passes on what wrangler says
 * about them. Throws CommandFaults, and the signal's reason once it is aborted.
 */
export async function readServiceSettings(
  projectFolder: string,
  { say, signal }: Pick<Terminal, "say" | "signal">,
): Promise<ServiceSettings> {
  const file = serviceFile(projectFolder);
  if (!existsSync(file)) throw new CommandFaults([`${file} does not exist`]);
  const answer = await askProcess(file, { say, signal });
  signal.throwIfAborted();
  if ("failure" in answer) throw new CommandFaults([`${file} can't be read: ${answer.failure}`]);
  return answer.settings;
}

/** Asks a process in a group of its own, which Ctrl-C does not reach: the run then ends as a stopped one. */
function askProcess(file: string, { say, signal }: Pick<Terminal, "say" | "signal">): Promise<ServiceAnswer> {
  const child = fork(join(import.meta.dirname, "service-settings-process.ts"), [file], {
    detached: true,
    execArgv: [],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  const group = bindGroup(child, 0);
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    const lines = stripVTControlCharacters(text).split("\n");
    say(lines.filter((line) => line.trim() !== ""));
  });
  group.killOn(AbortSignal.any([signal, AbortSignal.timeout(readMilliseconds)]));
  return new Promise((resolve) => {
    child.once("message", (answer: ServiceAnswer) => resolve(answer));
    child.once("error", (error) => resolve({ failure: error.message }));
    void group.ended.then(() => resolve({ failure: "the process that reads it exited or took too long" }));
  });
}

/** Returns the path of the service's configuration. */
export function serviceFile(projectFolder: string): string {
  return join(projectFolder, "wrangler.toml");
}
