import { rmSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";

/** A folder for masters that are being made. */
export interface WorkFolder {
  readonly path: string;
  readonly remove: () => Promise<void>;
  /** Removes it at once, for a process that has no time left. */
  readonly removeNow: () => void;
}

/**
 * Makes a folder among the system's temporary files, TMPDIR, and removes those of earlier runs that were ended before they
 * could. Throws what the system throws when it can't be made.
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

/** Process numbers mean something only on the machine they are of. */
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

function isRunning(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // Another user's process may not be asked, and is running.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
