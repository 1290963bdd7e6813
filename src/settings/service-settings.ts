import { fork } from "node:child_process";
import { statSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import type { SizeLimits } from "../iiif/size.ts";
import { bindGroup } from "../node/process-group.ts";
import { programBeside } from "../node/program.ts";
import type { Terminal } from "../node/terminal.ts";
import type { DerivativeRules } from "../operation/derivative-state.ts";
import { CommandFaults } from "./command-faults.ts";
import type { Naming } from "./naming.ts";
import type { ServiceAnswer } from "./service-settings-process.ts";

/** The settings in wrangler.toml that affect the ingest. */
export interface ServiceSettings {
  readonly naming: Naming;
  /** `bucket_name` of the binding MASTERS. */
  readonly mastersBucket: string | undefined;
  /** `bucket_name` of the binding CATALOGUE. */
  readonly catalogueBucket: string | undefined;
  /** `bucket_name` of the binding DERIVATIVES. */
  readonly derivativesBucket: string | undefined;
  /** BASE_URL; empty where the service takes the address that it is asked at. */
  readonly base: string;
  /** PREFIX. */
  readonly imagePrefix: string;
  /** MAX_WIDTH, MAX_HEIGHT and MAX_AREA. */
  readonly limits: SizeLimits;
  /** MASTER_TTL_SECONDS and IMAGE_MAX_AGE_SECONDS: how long what is kept of an image may differ from what is stored. */
  readonly masterTtlSeconds: number;
  readonly imageMaxAgeSeconds: number;
  /** What derivatives are kept by; the faults of the configuration, in a sentence without a full stop, if it has any. */
  readonly derivatives: DerivativeRules | { readonly fault: string };
  /** `database_name` of the binding SEARCH. */
  readonly searchDatabase: string | undefined;
}

/** Reading takes a few seconds, because wrangler has to load. */
const readMilliseconds = 120_000;

/** What has been read in this process, by file and its state: a command may ask more than once. */
const known = new Map<string, ServiceSettings>();

/**
 * Reads the settings of the service from its wrangler.toml, so that masters are put where it looks for them, and passes on what wrangler says
 * about them, once. Throws CommandFaults, and the signal's reason once it is aborted.
 */
export async function readServiceSettings(
  file: string,
  { say, signal }: Pick<Terminal, "say" | "signal">,
): Promise<ServiceSettings> {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats === undefined) throw new CommandFaults([`${file} does not exist`]);
  const state = [file, stats.ino, stats.size, stats.mtimeMs].join("\n");
  const read = known.get(state);
  if (read !== undefined) return read;
  const answer = await askProcess(file, { say, signal });
  signal.throwIfAborted();
  if ("failure" in answer) throw new CommandFaults([`${file} can't be read: ${answer.failure}`]);
  known.set(state, answer.settings);
  return answer.settings;
}

/** Asks a process in a group of its own, which Ctrl-C does not reach: the run then ends as a stopped one. */
function askProcess(file: string, { say, signal }: Pick<Terminal, "say" | "signal">): Promise<ServiceAnswer> {
  const child = fork(programBeside(import.meta, "service-settings-process"), [file], {
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
