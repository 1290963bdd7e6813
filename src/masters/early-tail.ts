import type { Account } from "../account.ts";
import { ImageError } from "../error.ts";
import { memorySource } from "../source/memory.ts";
import type { HeldRun } from "../source/read-ahead.ts";
import type { ObjectVersion, StoredObject } from "../source/stored-object.ts";
import { readHeader } from "../tiff/header.ts";

/**
 * How much of the end is read beside the first bytes: of a pyramid with 4:2:0 tiles up to some 160 megapixels it holds all
 * directories but two, which are read in one wait.
 */
export const earlyTailBytes = 786_432;

/** What the masters of an isolate were like; a plain value that its requests share. */
export interface OpeningHabit {
  /**
   * Whether the last master that was not known had its directories behind its tiles: then the next one's end is asked for
   * with its first bytes, which saves a wait. In an isolate that has just begun it is: in vain for the first master that the
   * ingest laid out, which costs a read and no bytes, once an isolate, and for what is not there, which says nothing of
   * masters. To know that before would take the wait that is saved: the record of an image is read meanwhile, and
   * images may be without one. A wait is 40 ms of somebody's time; a million reads in vain are $0.36.
   */
  isTailNeeded: boolean;
}

/** The end of a master, which was asked for before it is known whether it is needed. */
export interface EarlyTail {
  /** Takes it, if it is of this version. Throws `storage-failed`. */
  readonly take: (version: ObjectVersion) => Promise<HeldRun | undefined>;
  /** Lets go of it unless it was taken. Never throws. */
  readonly drop: () => Promise<void>;
}

/** Asks for the end of an object; undefined if it can't be asked for. Never throws. */
export function askForTail(object: StoredObject, account: Account): EarlyTail | undefined {
  if (object.tail === undefined) return undefined;
  account.reads += 1;
  const asked = object.tail(earlyTailBytes);
  // A failure is told to whoever takes it, which may be nobody.
  asked.catch(() => undefined);
  let isTaken = false;
  const drop = async (): Promise<void> => {
    if (isTaken) return;
    try {
      await (await asked)?.drop();
    } catch {
      // Nobody needs it.
    }
  };
  return {
    async take({ version, size }) {
      const tail = await asked;
      // The file was replaced between the two reads: those that follow tell which of the two is there.
      if (tail?.version !== version || tail.size !== size) return undefined;
      isTaken = true;
      const bytes = await tail.bytes();
      account.bytes += bytes.byteLength;
      return { offset: size - bytes.byteLength, bytes };
    },
    drop,
  };
}

/** Returns whether the first bytes of a file are those of a TIFF whose first directory lies beyond them. */
export async function hasDirectoriesBehind(prefix: Uint8Array, { size }: ObjectVersion): Promise<boolean> {
  try {
    const { firstDirectory } = await readHeader(memorySource(prefix));
    return firstDirectory >= prefix.byteLength && firstDirectory < size;
  } catch (error) {
    if (error instanceof ImageError) return false;
    throw error;
  }
}
