import { fork } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ServiceAnswer } from "./cli-service-process.ts";
import { CommandFaults } from "./command-faults.ts";
import type { Naming } from "./identifier.ts";

/** What wrangler.toml says that concerns the ingest. */
export interface ServiceSettings {
  readonly naming: Naming;
  /** `bucket_name` of the binding MASTERS. */
  readonly bucketName: string | undefined;
}

/** Reads the settings of the service, so that masters are put where it looks for them. Throws CommandFaults. */
export async function readServiceSettings(projectFolder: string): Promise<ServiceSettings> {
  const file = serviceFile(projectFolder);
  if (!existsSync(file)) throw new CommandFaults([`${file} is not there`]);
  const answer = await askProcess(file);
  if ("failure" in answer) throw new CommandFaults([`${file} can't be read: ${answer.failure}`]);
  return answer.settings;
}

/** Asks a process in a group of its own, which Ctrl-C does not reach: the run then ends as one that was stopped. */
function askProcess(file: string): Promise<ServiceAnswer> {
  const child = fork(join(import.meta.dirname, "cli-service-process.ts"), [file], {
    detached: true,
    execArgv: [],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  return new Promise((resolve) => {
    child.once("message", (answer: ServiceAnswer) => resolve(answer));
    child.once("error", (error) => resolve({ failure: error.message }));
    child.once("exit", () => resolve({ failure: "the process that reads it ended" }));
  });
}

/** Returns the path of the service's configuration. Never throws. */
export function serviceFile(projectFolder: string): string {
  return join(projectFolder, "wrangler.toml");
}
