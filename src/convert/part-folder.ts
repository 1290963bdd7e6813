import { mkdir, rename, rm } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { untilStopped } from "../node/until-stopped.ts";
import type { Stoppable } from "../settings/conversion.ts";
import { ingestErrorOf, stopped } from "./faults.ts";

/**
 * Runs work that writes `target` in a folder next to it, named `target` plus `.part`, and at the end renames the file
 * that `work` returns to `target`. The folder of `target` must exist. The `.part` folder is always removed, including
 * what an earlier run left in it. Once the signal is set this throws at once: work that can't be interrupted then finds
 * its folder gone. Throws IngestError.
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
    // The next run removes what can't be removed now; the outcome of the work is what counts.
    await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  }
}
