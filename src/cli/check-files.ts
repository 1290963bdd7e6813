import { checkMaster } from "../check/check.ts";
import type { SeePixels } from "../check/level-comparison.ts";
import type { MasterReport, Problem, Served, Severity } from "../check/report.ts";
import type { DrawPicture } from "../check/serving.ts";
import type { SourceFile } from "../job/source-files.ts";
import { openFileSource } from "../node/file-source.ts";
import { IngestError } from "../node/ingest-error.ts";
import { untilStopped } from "../node/until-stopped.ts";

/** A file that was checked, or could not be checked. */
export interface CheckedFile {
  readonly path: string;
  /** Undefined when the file can't be read or the check failed. */
  readonly report: MasterReport | undefined;
  /** Why it could not be checked. */
  readonly failure: { readonly code: string; readonly message: string } | undefined;
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

/** Checks files and yields them in order, each as soon as the ones before it are done. */
export async function* checkFiles(
  files: readonly SourceFile[],
  run: CheckRun,
): AsyncGenerator<CheckedFile, void, undefined> {
  const most = run.draw === undefined ? readsAtOnce : 1;
  const pending: Promise<CheckedFile>[] = [];
  for (const { path } of files) {
    if (run.signal.aborted) break;
    pending.push(checkFile(path, run));
    if (pending.length === most) yield* takeFirst(pending, run.signal);
  }
  while (pending.length > 0 && !run.signal.aborted) yield* takeFirst(pending, run.signal);
}

async function* takeFirst(
  pending: Promise<CheckedFile>[],
  signal: AbortSignal,
): AsyncGenerator<CheckedFile, void, undefined> {
  const first = pending.shift();
  // A file that is still being decoded when the run is stopped is not waited for.
  const checked = first === undefined ? undefined : await untilStopped(first, signal).catch(() => undefined);
  if (checked !== undefined) yield checked;
}

async function checkFile(path: string, { draw, see, onStart }: CheckRun): Promise<CheckedFile> {
  onStart(path);
  try {
    await using source = await openFileSource(path);
    return { path, report: await checkMaster(source, { draw, see }), failure: undefined };
  } catch (error) {
    const code = error instanceof IngestError ? error.code : "internal";
    return {
      path,
      report: undefined,
      failure: { code, message: error instanceof Error ? error.message : String(error) },
    };
  }
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

/** Quotes a word that a shell would split or expand. */
function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
