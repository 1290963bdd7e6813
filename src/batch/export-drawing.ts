import type { Admission } from "../budget/admission.ts";
import type { Lease, Loan } from "../budget/lease.ts";
import { whileRenewing } from "../budget/renewal.ts";
import { ImageError } from "../error.ts";
import type { PictureFiles } from "../export/picture-files.ts";
import { drawPicture, type Picture } from "../picture.ts";
import { damagedImage } from "../render/damage.ts";
import type { ExportTarget } from "./export-target.ts";
import type { Jobs } from "./jobs.ts";
import { putPartBytes } from "./put-pieces.ts";

/**
 * Pictures that are drawn and put at once: while one is computed, others are read and put. A Worker may wait for six answers.
 */
const picturesAtOnce = 4;

/** How long a picture waits for memory, in seconds: others of the same image may take that of large ones for a while. */
const memorySeconds = 300;

/** The part of a streamed picture that is put next. */
const partLoan: Loan = { share: "bodies", bytes: putPartBytes, costMilliseconds: 0 };

/** What has been written of an image, and what that took. */
export interface ExportSums {
  files: number;
  bytes: number;
  /** Milliseconds of all pictures, many of them at the same time: until they were drawn, and until they were put. */
  drawing: number;
  writing: number;
}

/** Where pictures go, until when, and who counts them. */
export interface DrawingRun {
  readonly target: ExportTarget;
  readonly signal: AbortSignal;
  readonly sums: ExportSums;
}

/**
 * Draws pictures, each in memory from the budget, and puts each of their files. Once one fails no further one is begun, and
 * those that were are waited for. Throws `render-busy` and what drawing throws, `source-malformed` for a damaged picture, and
 * `storage-failed`.
 */
export async function drawExport(jobs: Jobs, pictures: Iterable<PictureFiles>, run: DrawingRun): Promise<void> {
  const queue = pictures[Symbol.iterator]();
  let failure: { readonly error: unknown } | undefined;
  const work = async (): Promise<void> => {
    try {
      for (let next = queue.next(); failure === undefined && next.done !== true; next = queue.next()) {
        await drawFiles(jobs, next.value, run);
      }
    } catch (error) {
      failure ??= { error };
    }
  };
  await Promise.all(Array.from({ length: picturesAtOnce }, work));
  if (failure !== undefined) throw (failure as { readonly error: unknown }).error;
}

/** Returns how often storage is called for a picture at the most. */
export function callsOf({ picture, paths }: PictureFiles): number {
  return picture.plan.cost.reads + paths.length * putsOf(picture);
}

/** Most bytes that a pixel of a JPEG takes: noise at quality 100. */
const mostPixelBytes = 3;

/** A streamed one is begun, put in parts and completed. */
function putsOf({ plan, canonical: { size } }: Picture): number {
  if (plan.kind !== "stream") return 1;
  return 2 + Math.ceil((mostPixelBytes * size.width * size.height) / putPartBytes);
}

async function drawFiles(
  jobs: Jobs,
  { picture, paths }: PictureFiles,
  { target, signal, sums }: DrawingRun,
): Promise<void> {
  const { budget, clock, tools, log } = jobs;
  const patience = { milliseconds: 1000 * memorySeconds, signal };
  const admission: Admission = { budget, clock, patience, isAlone: () => false };
  refuseLate(signal);
  const began = clock.now();
  const { body, lease, damage } = await drawPicture(tools, picture, { admission, log });
  try {
    if (damage !== undefined) throw damagedImage(damage);
    if (body instanceof Uint8Array) {
      const drawn = clock.now();
      sums.drawing += drawn - began;
      await holding(jobs, [lease], async () => {
        for (const path of paths) {
          refuseLate(signal);
          await target.writePicture(path, body);
          sums.files += 1;
          sums.bytes += body.byteLength;
        }
      });
      sums.writing += clock.now() - drawn;
      return;
    }
    const part = await budget.take(partLoan, patience);
    try {
      const bytes = await holding(jobs, [lease, part], () => target.writePieces(paths, body));
      sums.files += paths.length;
      sums.bytes += paths.length * bytes;
    } finally {
      part.release();
      // Its parts are put while it is drawn.
      sums.drawing += clock.now() - began;
    }
  } finally {
    lease?.release();
  }
}

/** Runs work that needs some memory on loan. */
function holding<T>(
  jobs: Pick<Jobs, "clock">,
  leases: readonly (Lease | undefined)[],
  work: () => Promise<T>,
): Promise<T> {
  const [first, ...others] = leases.filter((lease) => lease !== undefined);
  if (first === undefined) return work();
  return whileRenewing(jobs.clock, first, () => holding(jobs, others, work));
}

/** Throws `render-busy` once the time for the message has passed. */
function refuseLate(signal: AbortSignal): void {
  if (!signal.aborted) return;
  throw new ImageError("render-busy", "The time for one message has passed: the next goes on with it.");
}
