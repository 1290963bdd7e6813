import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { AdministrationError } from "../bucket/administration.ts";
import { BucketError } from "../bucket/bucket.ts";
import { ImageError } from "../error.ts";
import type { Converter } from "../job/job-image.ts";
import type { Terminal } from "../node/terminal.ts";
import { untilStopped } from "../node/until-stopped.ts";
import { WriteError } from "../node/writable-file.ts";
import { CommandFaults } from "../settings/command-faults.ts";
import { check } from "./check.ts";
import { type Command, type CommandName, commandOptions, parseCommand } from "./command.ts";
import { helpText, usageLine } from "./command-help.ts";
import { compare } from "./compare.ts";
import { cost } from "./cost.ts";
import { exitStatus } from "./exit-status.ts";
import { exportFiles } from "./export.ts";
import { index } from "./index-catalogue.ts";
import { info } from "./info.ts";
import { ingest } from "./ingest.ts";
import { ls } from "./ls.ts";
import { manifest } from "./manifest.ts";
import { moveRecords } from "./move-records.ts";
import { moved } from "./moved.ts";
import { mv } from "./mv.ts";
import { prune } from "./prune.ts";
import { purge } from "./purge.ts";
import { rm } from "./rm.ts";
import { stats } from "./stats.ts";
import { verify } from "./verify.ts";
import { warm } from "./warm.ts";

/** Runs a command line and returns its exit status. */
export async function runCommandLine(
  args: readonly string[],
  { terminal, converter }: { readonly terminal: Terminal; readonly converter: Converter },
): Promise<number> {
  const command = parseCommand(args);
  const name = isNamed(command.kind) ? command.kind : undefined;
  try {
    if (command.kind === "help") terminal.print(helpText(command.command));
    else if (command.kind === "version") terminal.print([await readVersion(terminal.projectFolder)]);
    else if (command.kind === "ingest") return await ingest(command, terminal, converter);
    else if (command.kind === "check") return await check(command, terminal);
    else if (command.kind === "manifest") return await manifest(command, terminal, converter);
    else if (command.kind === "move-records") return await moveRecords(command, terminal);
    else if (command.kind === "index") return await index(command, terminal);
    else if (command.kind === "purge") return await purge(command, terminal);
    else if (command.kind === "ls") return await ls(command, terminal);
    else if (command.kind === "info") return await info(command, terminal);
    else if (command.kind === "prune") return await prune(command, terminal);
    else if (command.kind === "verify") return await verify(command, terminal);
    else if (command.kind === "export") return await exportFiles(command, terminal);
    else if (command.kind === "moved") return await moved(command, terminal);
    else if (command.kind === "mv") return await mv(command, terminal);
    else if (command.kind === "rm") return await rm(command, terminal);
    else if (command.kind === "stats") return await stats(command, terminal);
    else if (command.kind === "cost") return await cost(command, terminal);
    else if (command.kind === "warm") return await warm(command, terminal);
    else if (command.kind === "wrong") return tellFaults(command.faults, command.command, terminal);
    else return await untilStopped(compare(command, terminal), terminal.signal);
    return exitStatus.well;
  } catch (error) {
    if (error === terminal.signal.reason) return exitStatus.stopped;
    if (error instanceof BucketError && error.code === "stopped") return exitStatus.stopped;
    if (error instanceof CommandFaults) return tellFaults(error.faults, name, terminal);
    const isPlain = [BucketError, WriteError, AdministrationError].some((kind) => error instanceof kind);
    if (error instanceof ImageError && error.detail !== undefined) terminal.say([error.detail]);
    else terminal.say(isPlain ? [(error as Error).message] : describeUnexpected(error));
    return exitStatus.failed;
  }
}

function isNamed(kind: Command["kind"]): kind is CommandName {
  return Object.hasOwn(commandOptions, kind);
}

function tellFaults(faults: readonly string[], command: CommandName | undefined, terminal: Terminal): number {
  const lines =
    faults.length > 1
      ? ["Several things are wrong:", ...faults.map((fault) => `  ${endSentence(fault)}`)]
      : faults.map(endSentence);
  terminal.say([...lines, usageLine(command)]);
  return exitStatus.wrong;
}

function endSentence(text: string): string {
  return text.endsWith("?") ? text : `${text}.`;
}

/**
 * The message may contain text from outside with line breaks, and still stays one line; the stack has lines of its own.
 */
function describeUnexpected(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [String(error)];
  const head = `${error.name}: ${error.message}`;
  const { stack = head } = error;
  return stack.startsWith(head) ? [head, ...stack.slice(head.length).split("\n").slice(1)] : [head];
}

async function readVersion(projectFolder: string): Promise<string> {
  const manifest: { readonly version: string } = JSON.parse(
    await readFile(join(projectFolder, "package.json"), "utf8"),
  );
  return manifest.version;
}
