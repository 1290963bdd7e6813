import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { BucketError } from "./bucket.ts";
import { check } from "./check-command.ts";
import { compare } from "./cli-compare.ts";
import { exitStatus, ingest } from "./cli-ingest.ts";
import { type Command, type CommandName, parseCommand } from "./command.ts";
import { CommandFaults } from "./command-faults.ts";
import { helpText, usageLine } from "./command-help.ts";
import type { Converter } from "./job-image.ts";

/** What a command sees of the process it runs in. */
export interface Terminal {
  /** The working folder, where relative paths start. */
  readonly folder: string;
  /** Holds wrangler.toml and build/. */
  readonly projectFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Prints results. */
  readonly print: (text: string) => void;
  /** Writes what is for people only, beside the results. */
  readonly write: (text: string) => void;
  /** The same as a line. */
  readonly say: (line: string) => void;
  /** Characters of a line; undefined where nobody watches. */
  readonly columns: (() => number) | undefined;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Called with what must still be done when there is no time left. */
  readonly onFolder: (removeNow: () => void) => void;
}

/** Runs a command line and returns its exit status. Never throws. */
export async function runCommandLine(
  args: readonly string[],
  { terminal, converter }: { readonly terminal: Terminal; readonly converter: Converter },
): Promise<number> {
  const command = parseCommand(args);
  const name = isNamed(command.kind) ? command.kind : undefined;
  try {
    if (command.kind === "help") terminal.print(helpText(command.command));
    else if (command.kind === "version") terminal.print(`${await readVersion(terminal.projectFolder)}\n`);
    else if (command.kind === "ingest") return await ingest(command, terminal, converter);
    else if (command.kind === "check") return await check(command, terminal);
    else if (command.kind === "wrong") return tellFaults(command.faults, command.command, terminal);
    else return await compare(command, terminal);
    return exitStatus.well;
  } catch (error) {
    if (error instanceof CommandFaults) return tellFaults(error.faults, name, terminal);
    if (error instanceof BucketError) terminal.say(error.message);
    else terminal.say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return exitStatus.failed;
  }
}

function isNamed(kind: Command["kind"]): kind is CommandName {
  return kind === "ingest" || kind === "compare" || kind === "check";
}

function tellFaults(faults: readonly string[], command: CommandName | undefined, terminal: Terminal): number {
  const title = faults.length > 1 ? "These are wrong:\n" : "";
  terminal.say(`${title}${faults.map((fault) => `${faults.length > 1 ? "  " : ""}${fault}.`).join("\n")}`);
  terminal.say(usageLine(command));
  return exitStatus.wrong;
}

async function readVersion(projectFolder: string): Promise<string> {
  const manifest: { readonly version: string } = JSON.parse(
    await readFile(join(projectFolder, "package.json"), "utf8"),
  );
  return manifest.version;
}
