import { mkdir, rename, rm } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { untilStopped } from "../node/until-stopped.ts";
import type { Stoppable } from "../settings/conversion.ts";
import { ingestErrorOf, stopped } from "./faults.ts";

/**
 * Does work that writes `target`, whose folder must be there: in a folder of its own beside it, `target` with `.part` behind, from which the file
 * that `work` returns is renamed to `target` at the end. The folder is removed whatever happens, with what an earlier run
 * left there. Once the signal is set this throws at once: work that can't be interrupted then finds its folder gone.
 * Throws IngestError.
 */
export async function inPartFolder<T extends { readonly path: string }>(
  { source, target, signal }: { readonly source: string; readonly target: string } & Stoppable,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = resolve(dirname(target), `${basename(target)}.part`);
  try {
    signal?.throwIfAborted();
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder);
    const done = await untilStopped(work(folder), signal);
    await rename(done.path, target);
    return done;
  } catch (cause) {
    throw signal?.aborted ? stopped(source) : ingestErrorOf(cause, source);
  } finally {
    // What can't be removed now the next run removes; the outcome of the work is what counts.
    await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  }
}
