import { BucketError, isOfOneObject } from "../bucket/bucket.ts";
import { checkMaster } from "../check/check.ts";
import type { SeePixels } from "../check/level-comparison.ts";
import type { MasterReport, Problem, Served, Severity } from "../check/report.ts";
import type { DrawPicture } from "../check/serving.ts";
import { inOrder } from "../job/at-once.ts";
import type { SourceFile } from "../job/source-files.ts";
import { openFileSource } from "../node/file-source.ts";
import { IngestError } from "../node/ingest-error.ts";
import { untilStopped } from "../node/until-stopped.ts";
import { quoteWord } from "../shell-word.ts";
import type { ByteSource } from "../source/byte-source.ts";

/** A file that was checked, or could not be checked. */
export interface CheckedFile {
  readonly path: string;
  readonly mendPath?: string;
  /** Undefined when the file can't be read or the check failed. */
  readonly report: MasterReport | undefined;
  /** Why it could not be checked. */
  readonly failure: { readonly code: string; readonly message: string } | undefined;
}

/** A file, or a master in a bucket, and how it is opened. */
export interface FileToCheck {
  /** What it is called: its path, or its identifier. */
  readonly path: string;
  /** What commands that mend it are for, where that is not its path. */
  readonly mendPath?: string;
  readonly open: () => Promise<ByteSource & { readonly close?: () => Promise<void> }>;
}

/** How a check is run. */
export interface CheckRun {
  /** Draws tiles; without it nothing is decoded. */
  readonly draw: DrawPicture | undefined;
  /** Returns pixels; without it levels are not compared. */
  readonly see: SeePixels | undefined;
  readonly signal: AbortSignal;
  readonly onStart: (path: string) => void;
}

/**
 * How many files are read at once: a file on a network is slow to answer. Decoding runs one file at a time, because it
 * needs a whole core.
 */
const readsAtOnce = 8;

/** Checks files and yields them in order, each as soon as the ones before it are done. Throws what `files` throws. */
export async function* checkFiles(
  files: Iterable<FileToCheck> | AsyncIterable<FileToCheck>,
  run: CheckRun,
): AsyncGenerator<CheckedFile, void, undefined> {
  const most = run.draw === undefined ? readsAtOnce : 1;
  // A file that is still being decoded when the run is stopped is not waited for.
  const work = (file: FileToCheck): Promise<CheckedFile | undefined> =>
    untilStopped(checkFile(file, run), run.signal).catch((error: unknown) => {
      if (run.signal.aborted) return undefined;
      throw error;
    });
  for await (const checked of inOrder(files, most, work)) {
    if (checked === undefined) return;
    yield checked;
    if (run.signal.aborted) return;
  }
}

async function checkFile({ path, mendPath, open }: FileToCheck, run: CheckRun): Promise<CheckedFile> {
  const { draw, see, onStart } = run;
  onStart(path);
  const file = { path, ...(mendPath === undefined ? {} : { mendPath }) };
  try {
    const source = await open();
    try {
      return { ...file, report: await checkMaster(source, { draw, see }), failure: undefined };
    } finally {
      await source.close?.();
    }
  } catch (error) {
    // A bucket that can't be used at all fails every further file too.
    if (error instanceof BucketError && !isOfOneObject(error)) throw error;
    const code = error instanceof IngestError || error instanceof BucketError ? error.code : "internal";
    const message = error instanceof Error ? error.message : String(error);
    return { ...file, report: undefined, failure: { code, message } };
  }
}

/** Returns files of this machine as files to check. */
export function filesToCheck(files: readonly SourceFile[]): readonly FileToCheck[] {
  return files.map(({ path }) => ({ path, open: () => openFileSource(path) }));
}

/** Totals over files and their problems. */
export type Totals = Record<Served | Severity | "files", number>;

/** Adds a file to the totals: one that could not be checked counts as not served. */
export function countChecked(totals: Totals, { report }: CheckedFile): void {
  totals.files += 1;
  totals[report?.served ?? "none"] += 1;
  if (report === undefined) totals.error += 1;
  for (const { severity } of report?.problems ?? []) totals[severity] += 1;
}

/** Returns the commands that fix a problem in the file at `path`, quoted for a POSIX shell. */
export function commandsOf({ mend }: Pick<Problem, "mend">, path: string): readonly string[] {
  const name = path.replace(/^.*[\\/]/, "").replace(/(?<=.)\.[^.]*$/, "");
  return mend.map((command) =>
    command
      .split(" ")
      .map((word) => quoteWord(word.replace("FILE", () => path).replace("NAME", () => name)))
      .join(" "),
  );
}
