import type { Admission } from "../budget/admission.ts";
import { waitingRequestBytes } from "../budget/isolate-memory.ts";
import type { Lease, Loan } from "../budget/lease.ts";
import { ImageError } from "../error.ts";
import type { DrawPlan, RenderPlan, StoredTile } from "./plan.ts";

/** A drawing is small up to this many bytes of compressed tiles, which one read or a few bring at once. */
const smallTileBytes = 1 << 20;

/** And up to this many bytes of kernel memory: thumbnails, tiles, and pictures of up to some 2,000 pixels. */
const smallKernelBytes = 8 << 20;

/**
 * Says whether a drawing is small. A small one takes no kernel before its tiles are there, and has it only while it
 * computes: a hundred of them can wait for storage at once. Nothing large ever takes their memory.
 */
export function isSmall({ kind, batches, cost }: DrawPlan): boolean {
  return (
    kind === "draw" &&
    batches.length === 1 &&
    cost.readBytes <= smallTileBytes &&
    cost.peakBytes - cost.readBytes <= smallKernelBytes
  );
}

/** A tile is what is drawn from up to this many pixels, or copied: what a viewer asks for by the hundred. */
const tilePixels = 1 << 20;

/** And from up to this many bytes of compressed tiles. */
const tileBytes = 1 << 18;

/**
 * What a picture costs, which says whom it competes with: a tile, another small drawing, or a full rendering, which takes
 * megabytes and computes in many steps.
 */
export type CostClass = "tile" | "small" | "full";

/** Returns what a plan costs. Never throws. */
export function costClassOf(plan: RenderPlan): CostClass {
  if (plan.kind === "copy") return plan.format !== "tif" && isSmallCopy(plan) ? "tile" : "full";
  if (!isSmall(plan)) return "full";
  return plan.cost.decodedPixels <= tilePixels && plan.cost.readBytes <= tileBytes ? "tile" : "small";
}

/** Says whether a stored JPEG or WebP that is copied is a tile, and not a whole file of any size. */
export function isSmallCopy({ cost }: StoredTile): boolean {
  return cost.peakBytes <= 2 * smallTileBytes;
}

/** About what drawing a pixel keeps the processor for, in milliseconds: 10 to 15 ns decoded and resampled. */
const pixelMilliseconds = 12e-6;

/** About what a tile adds to a plan, in bytes. */
const plannedTileBytes = 200;

/** Takes memory for a plan. Throws `render-busy`, `client-gone`. */
export function admit(
  { budget, patience }: Admission,
  { cost }: RenderPlan,
  { share, bytes, unrenewedMilliseconds }: Pick<Loan, "share" | "bytes" | "unrenewedMilliseconds">,
): Promise<Lease> {
  const costMilliseconds = cost.decodedPixels * pixelMilliseconds;
  const waitingBytes = waitingRequestBytes + cost.tiles * plannedTileBytes;
  return budget.take({ share, bytes, costMilliseconds, waitingBytes, unrenewedMilliseconds }, patience);
}

/** Bodies up to this many bytes are given to the platform whole: as much as a socket takes at once. */
export const directBodyBytes = 1 << 16;

/**
 * Returns the lease that a picture is held in until it has been sent, in exchange for the one it was drawn in: none for a
 * small body, a part of the old one for that of a large drawing, whose client may be slow. Throws `render-busy`, `client-gone`.
 */
export async function leaseOfBody(
  { budget, patience }: Admission,
  { byteLength }: Uint8Array,
  drawn: Lease,
): Promise<Lease | undefined> {
  if (byteLength <= directBodyBytes) {
    drawn.release();
    return undefined;
  }
  if (drawn.share === "draws") {
    drawn.shrink(byteLength);
    return drawn;
  }
  const loan = { share: "bodies", bytes: byteLength, costMilliseconds: 0, waitingBytes: 0 } as const;
  const lease = await budget.take(loan, patience);
  drawn.release();
  return lease;
}

/** Throws `client-gone` once the client has left, and `render-busy` once the lease was taken back. */
export function refuseUnwanted({ patience }: Admission, lease: Lease): void {
  if (patience.signal?.aborted) throw new ImageError("client-gone", "The client left before its picture was drawn.");
  if (!lease.isHeld) {
    throw new ImageError("render-busy", "The service is busy with other images. Try again in a moment.", {
      detail: "the memory of this rendering was taken back: it was not renewed in time",
    });
  }
}
