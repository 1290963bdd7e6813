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
import { type Command, type CommandName, commandOptions, parseCommand } from "./command.ts";
import { helpText, usageLine } from "./command-help.ts";
import { exitStatus } from "./exit-status.ts";

/** Runs a command line and returns its exit status. */
export async function runCommandLine(
  args: readonly string[],
  { terminal, converter }: { readonly terminal: Terminal; readonly converter: Converter },
): Promise<number> {
  const command = parseCommand(args);
  const name = isNamed(command.kind) ? command.kind : undefined;
  try {
    return await carryOut(command, terminal, converter);
  } catch (error) {
    if (error === terminal.signal.reason) return exitStatus.stopped;
    if (error instanceof BucketError && error.code === "stopped") return exitStatus.stopped;
    if (error instanceof CommandFaults) return tellFaults(error.faults, name, terminal);
    const isPlain = [BucketError, WriteError, AdministrationError].some((kind) => error instanceof kind);
    if (error instanceof ImageError && error.detail !== undefined) terminal.say([error.detail]);
    else terminal.say(isPlain ? [(error as Error).message] : describeUnexpected(error));
    const isAway = name === "batch" && error instanceof AdministrationError && error.isPassing;
    if (isAway) terminal.say(["Try again when the service is back: nothing of a task is lost meanwhile."]);
    return isAway ? exitStatus.again : exitStatus.failed;
  }
}

/** Each command is loaded when it is asked for: what the others need takes longer to load than most of them to run. */
async function carryOut(command: Command, terminal: Terminal, converter: Converter): Promise<number> {
  switch (command.kind) {
    case "help":
      terminal.print(helpText(command.command));
      return exitStatus.well;
    case "version":
      terminal.print([await readVersion(terminal.projectFolder)]);
      return exitStatus.well;
    case "wrong":
      return tellFaults(command.faults, command.command, terminal);
    case "ingest":
      return (await import("./ingest.ts")).ingest(command, terminal, converter);
    case "compare": {
      const { compare } = await import("./compare.ts");
      return untilStopped(compare(command, terminal), terminal.signal);
    }
    case "check":
      return (await import("./check.ts")).check(command, terminal);
    case "manifest":
      return (await import("./manifest.ts")).manifest(command, terminal, converter);
    case "move-records":
      return (await import("./move-records.ts")).moveRecords(command, terminal);
    case "index":
      return (await import("./index-catalogue.ts")).index(command, terminal);
    case "purge":
      return (await import("./purge.ts")).purge(command, terminal);
    case "ls":
      return (await import("./ls.ts")).ls(command, terminal);
    case "info":
      return (await import("./info.ts")).info(command, terminal);
    case "prune":
      return (await import("./prune.ts")).prune(command, terminal);
    case "verify":
      return (await import("./verify.ts")).verify(command, terminal);
    case "moved":
      return (await import("./moved.ts")).moved(command, terminal);
    case "mv":
      return (await import("./mv.ts")).mv(command, terminal);
    case "rm":
      return (await import("./rm.ts")).rm(command, terminal);
    case "stats":
      return (await import("./stats.ts")).stats(command, terminal);
    case "cost":
      return (await import("./cost.ts")).cost(command, terminal);
    case "export":
      return (await import("./export.ts")).exportFiles(command, terminal);
    case "warm":
      return (await import("./warm.ts")).warm(command, terminal);
    case "report":
      return (await import("./report.ts")).report(command, terminal);
    case "access":
      return (await import("./access.ts")).access(command, terminal);
    case "sign":
      return (await import("./sign.ts")).sign(command, terminal);
    case "batch":
      return (await import("./batch.ts")).batch(command, terminal);
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
