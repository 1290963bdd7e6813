import { randomUUID } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import {
  type AdministeredService,
  AdministrationError,
  administer,
  type SentFile,
  sendFile,
} from "../bucket/administration.ts";
import { maxTaskFileBytes } from "../limits.ts";
import { printable } from "../node/printable.ts";
import type { Terminal } from "../node/terminal.ts";
import { CommandFaults, refuseFaults } from "../settings/command-faults.ts";
import type { ItemPage, TaskFault, TaskList, TaskStatus } from "../task/answers.ts";
import { isWell } from "../task/progress.ts";
import { formOfName, readTaskFile } from "../task/task-file.ts";
import type { BatchCommand } from "./batch-command.ts";
import { type Telling, tellReports } from "./batch-reports.ts";
import { findTask } from "./batch-tasks.ts";
import { describeWork, formatCounts, formatItem, formatList, formatStatus } from "./batch-text.ts";
import { watchTask } from "./batch-watch.ts";
import { exitStatus } from "./exit-status.ts";
import { findService } from "./purging.ts";
import { formatJson } from "./report-json.ts";

/** Media types of task files, by their form. */
const mediaTypes = { json: "application/json", csv: "text/csv" } as const;

/** Carries `tessera batch` out and returns the exit status. Throws CommandFaults and AdministrationError. */
export async function batch(command: BatchCommand, terminal: Terminal): Promise<number> {
  const { verb, options } = command;
  const { json = false } = options;
  // Before anything else: what is wrong with a file is found without a service.
  const [name] = command.names;
  const file = verb === "submit" ? await readFileToSend(name, terminal) : undefined;
  const service = await findService(options, terminal);
  if ("faults" in service) {
    // One of this machine that does not run is away; how a remote one is named is a fault of the command.
    if (options.to !== "local") throw new CommandFaults(service.faults);
    throw new AdministrationError(`${service.faults.join("; ")}.`, { isPassing: true });
  }
  const show = (status: TaskStatus): number => {
    terminal.print(json ? formatJson(status) : formatStatus(status));
    return exitStatus.well;
  };
  if (file !== undefined) {
    const status = await submit(service, file, terminal);
    terminal.print(json ? formatJson(status) : formatSent(status, command));
    return exitStatus.well;
  }
  if (verb === "report") return tellReports(service, { command, terminal });
  if (name === undefined) {
    const list = (await administer(service, "tasks")) as TaskList;
    terminal.print(json ? formatJson(list) : formatList(list));
    return exitStatus.well;
  }
  const task = await findTask(service, name);
  switch (verb) {
    case "watch":
      return watch(task, service, { command, terminal });
    case "items":
      return listItems(service, task, { command, terminal });
    case "pause":
    case "resume":
    case "cancel":
    case "retry":
      return show((await administer(service, `tasks/${task}/${verb}`, {})) as TaskStatus);
    default:
      return show((await administer(service, `tasks/${task}`)) as TaskStatus);
  }
}

/** How often a task is sent again that may have been started without an answer, and after which pauses, in milliseconds. */
const pauses = [1000, 3000] as const;

/** Sends a task until it is answered: the service starts the same sending once. Throws AdministrationError. */
async function submit(service: AdministeredService, file: TaskFile, { say, signal }: Terminal): Promise<TaskStatus> {
  const sent = { ...file, sending: randomUUID() };
  for (let again = 0; ; again += 1) {
    try {
      return (await sendFile(service, "tasks", sent)) as TaskStatus;
    } catch (error) {
      const milliseconds = pauses[again];
      const isPassing = error instanceof AdministrationError && error.isPassing;
      if (!isPassing) throw error;
      if (milliseconds === undefined) {
        throw new AdministrationError(
          `${error.message} It may have been started: "tessera batch status" says so before it is sent again.`,
          { isPassing },
        );
      }
      say([`${error.message} It is sent again.`]);
      await wait(milliseconds, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}

/** A task file that was read and found good. */
type TaskFile = Omit<SentFile, "sending">;

/** Reads a task file as the service will. Throws CommandFaults with all that is wrong with it: nothing is sent then. */
async function readFileToSend(name: string | undefined, { folder }: Terminal): Promise<TaskFile> {
  const path = name ?? "";
  const form = formOfName(path);
  if (form === undefined) throw new CommandFaults([`${path} is no task file: its name ends in .json or .csv`]);
  let bytes: Uint8Array;
  try {
    const { size } = await stat(resolve(folder, path));
    if (size > maxTaskFileBytes) throw new CommandFaults([tooLarge(path, size)]);
    bytes = await readFile(resolve(folder, path));
  } catch (error) {
    if (error instanceof CommandFaults) throw error;
    throw new CommandFaults([`${path} can't be read: ${error instanceof Error ? error.message : error}`]);
  }
  const read = readTaskFile(bytes, form);
  if ("faults" in read) refuseFaults(read.faults.map((fault) => formatFault(path, fault)));
  return { bytes, mediaType: mediaTypes[form] };
}

function tooLarge(path: string, bytes: number): string {
  return `${path} has ${bytes} bytes, and a task file ${maxTaskFileBytes} at the most: name a prefix, or divide it`;
}

function formatFault(file: string, { place, message }: TaskFault): string {
  return `${file}${place === undefined ? "" : `, ${place}`}: ${message}`;
}

function formatSent(status: TaskStatus, { options }: BatchCommand): readonly string[] {
  return [
    `Sent as ${status.id}: ${describeWork(status)}`,
    `Watch it with: tessera batch watch ${status.id} ${placeOf(options)}`,
  ];
}

/** Writes how the service was named, for a command that is to be typed next. */
function placeOf({ to, state, service }: BatchCommand["options"]): string {
  const further = [
    ...(state === undefined ? [] : ["--state", state]),
    ...(service === undefined ? [] : ["--service", service]),
  ];
  return ["--to", to, ...further].join(" ");
}

/** Who goes leaves the task running, and is told so. */
async function watch(task: string, first: AdministeredService, { command, terminal }: Telling): Promise<number> {
  const { options } = command;
  // One of this machine that was started again has another secret, and perhaps another address.
  const connect = async (): Promise<AdministeredService> => {
    const service = options.to === "local" ? await findService(options, terminal) : first;
    if (!("faults" in service)) return service;
    throw new AdministrationError(`${service.faults.join("; ")}.`, { isPassing: true });
  };
  try {
    const status = await watchTask(task, { terminal, connect });
    terminal.print(options.json === true ? formatJson(status) : formatStatus(status));
    if (isWell(status)) return exitStatus.well;
    const { failed, refused } = status.counts;
    if (failed + refused > 0) {
      const why = `tessera batch report ${task} ${placeOf(options)}`;
      terminal.say([`${formatCounts(status.counts)}. ${why} says why.`]);
    }
    return exitStatus.failed;
  } catch (error) {
    if (terminal.signal.aborted) {
      const place = placeOf(options);
      terminal.say([`The task goes on. To stop it: tessera batch cancel ${task} ${place}`]);
    }
    throw error;
  }
}

/** Prints each page of items as it comes, however many there are. */
async function listItems(service: AdministeredService, task: string, { command, terminal }: Telling): Promise<number> {
  const { only, json = false } = command.options;
  const chosen = only === undefined ? "" : `&state=${only}`;
  let found = 0;
  for (let after: number | undefined = 0; after !== undefined && !terminal.unread.aborted; ) {
    const { items, next }: ItemPage = (await administer(
      service,
      `tasks/${task}/items?after=${after}${chosen}`,
    )) as ItemPage;
    terminal.print(items.map((item) => (json ? printable(JSON.stringify(item)) : formatItem(item))));
    found += items.length;
    if (next !== undefined && next <= after) {
      throw new AdministrationError(`${service.url} tells the same items over and over.`);
    }
    after = next;
  }
  if (found === 0) terminal.say([`There is no item${only === undefined ? "" : ` that is ${only}`}.`]);
  return exitStatus.well;
}
