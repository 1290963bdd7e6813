import { constants, existsSync } from "node:fs";
import { mkdir, open, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/**
 * Finds out whether a file can be written, before the work whose result goes there: opens it, and what was not there is
 * removed again. Returns what is wrong, as a sentence without a full stop that goes on after the file's name; undefined
 * where nothing is.
 */
export async function findWriteFault(path: string): Promise<string | undefined> {
  try {
    if ((await stat(path)).isDirectory()) return "can't be written: it is a folder";
    await (await open(path, constants.O_WRONLY)).close();
    return undefined;
  } catch (error) {
    if (codeOf(error) !== "ENOENT") return `can't be written: ${reasonOf(error)}`;
  }
  const folder = dirname(path);
  try {
    await (await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL)).close();
    await rm(path);
    return undefined;
  } catch (error) {
    const isMissing = codeOf(error) === "ENOENT" && !existsSync(folder);
    return `can't be written: ${isMissing ? `there is no folder ${folder}` : reasonOf(error)}`;
  }
}

/** A result could not be written. The message is a sentence that names the file. */
export class WriteError extends Error {
  override readonly name = "WriteError";
}

/** Writes a result; with `wx` over nothing that is there. Throws WriteError. */
export async function writeResult(path: string, text: string, flag: "w" | "wx" = "w"): Promise<void> {
  try {
    await writeFile(path, text, { flag });
  } catch (error) {
    throw describeWriting(path, error);
  }
}

/** Writes a file below a folder, with the folders that it needs. Throws WriteError. */
export async function writeIn(folder: string, path: string, content: Uint8Array | string): Promise<void> {
  const file = join(folder, path);
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  } catch (error) {
    throw describeWriting(file, error);
  }
}

/** Returns what went wrong with writing a file as an error that names it. */
export function describeWriting(path: string, error: unknown): WriteError {
  return new WriteError(`${path} can't be written: ${reasonOf(error)}.`);
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the disk is read-only",
  ENOTDIR: "a part of its path is a file",
  ENAMETOOLONG: "its name is too long",
  ELOOP: "its links lead in a circle",
  EEXIST: "it is there already",
  ENOSPC: "the disk is full",
  EDQUOT: "the quota of the disk is used up",
  ENOENT: "there is no such folder",
};

function reasonOf(error: unknown): string {
  return reasons[codeOf(error)] ?? (error instanceof Error ? error.message : String(error));
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
