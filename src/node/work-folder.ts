import { rmSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { isRunning } from "./running-process.ts";

/** A folder for masters that are being made. */
export interface WorkFolder {
  readonly path: string;
  readonly remove: () => Promise<void>;
  /** Removes the folder synchronously, for a process that has no time left. */
  readonly removeNow: () => void;
}

/**
 * Makes a folder in the system's temporary folder, TMPDIR, and removes folders of earlier runs that were killed before
 * they could. Throws the system's error when it can't be made.
 */
export async function openWorkFolder(parent: string = tmpdir()): Promise<WorkFolder> {
  await removeAbandoned(parent);
  const path = await mkdtemp(join(parent, `${namePrefix()}${process.pid}-`));
  return {
    path,
    remove: () => rm(path, { recursive: true, force: true }),
    removeNow: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** Process numbers only mean something on their own machine. */
function namePrefix(): string {
  return `tessera-ingest-${hostname().replace(/[^\w.]/g, "_")}-`;
}

async function removeAbandoned(parent: string): Promise<void> {
  const prefix = namePrefix();
  for (const name of await readdir(parent)) {
    const [, processId] = name.startsWith(prefix) ? (/^(\d+)-/.exec(name.slice(prefix.length)) ?? []) : [];
    if (processId === undefined || isRunning(Number(processId))) continue;
    await rm(join(parent, name), { recursive: true, force: true }).catch(() => undefined);
  }
}
