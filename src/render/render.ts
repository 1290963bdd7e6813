import type { Admission } from "../budget/admission.ts";
import type { Lease, Loan } from "../budget/lease.ts";
import { whileRenewing } from "../budget/renewal.ts";
import type { Turn } from "../budget/turns.ts";
import { concatenate } from "../bytes.ts";
import { spliceTile } from "../codec/jpeg/splice.ts";
import { spliceWebp } from "../codec/webp-splice.ts";
import { wrapWebp } from "../metadata/webp-container.ts";
import type { Kernel } from "../raster/kernel.ts";
import { admit, costClassOf, isSmall, isSmallCopy, leaseOfBody, refuseUnwanted } from "./admission.ts";
import { copyTiles } from "./copied-tiles.ts";
import type { Damage } from "./damage.ts";
import { type DrawInputs, drawImage } from "./draw.ts";
import { areMadeAtOnce, gatherReads } from "./gather.ts";
import type { Kernels } from "./kernels.ts";
import { streamBytes } from "./output.ts";
import type { CopyPlan, DrawPlan, RenderPlan, WebpCopyPlan } from "./plan.ts";
import { type KeptHeads, tileHead } from "./tile-head.ts";

/** What a picture is made of next to its plan. */
export interface RenderInputs extends Pick<DrawInputs, "source" | "table" | "envelope" | "qualities"> {
  /** Output pixels for a pixel of the master. */
  readonly scale: number;
  /** Where heads of copied tiles are kept; without it they are formatted for each. */
  readonly heads?: KeptHeads | undefined;
}

/** A picture, and the memory it is held in until it has been sent. */
export interface Rendered {
  /** All of it, or its parts as they are made; not begun before the first is asked for. */
  readonly body: Uint8Array | AsyncGenerator<Uint8Array, void, undefined>;
  /** Length of a body in parts in bytes, if it is known before they are made. */
  readonly byteLength?: number | undefined;
  /** Released by whoever sends the body, in any case; undefined for what is too small to count. */
  readonly lease: Lease | undefined;
  /** What a picture lacks because its master is damaged: it is shown, and kept nowhere. */
  readonly damage: Damage | undefined;
}

/**
 * Carries out a plan. A copied or drawn picture is returned whole; a streamed one as pieces, which fail where drawing
 * does. Throws `source-malformed`, `source-unsupported`, `render-memory`, `render-busy`, `client-gone` and what the source
 * throws.
 */
export async function render(
  kernels: Kernels,
  plan: RenderPlan,
  { inputs, admission }: { readonly inputs: RenderInputs; readonly admission: Admission },
): Promise<Rendered> {
  const work = { plan, inputs, admission };
  if (plan.kind === "copy" && plan.format === "tif") {
    const { source, envelope } = inputs;
    const copied = await copyTiles({ plan, source, envelope: envelope(), admission });
    return copied ?? render(kernels, plan.instead, { inputs, admission });
  }
  if (plan.kind === "copy" && plan.format === "webp") {
    return copyTile({ ...work, plan }, readWebpTile).catch((error) => {
      if (!(error instanceof UnlikeDirectory)) throw error;
      return render(kernels, plan.instead, { inputs, admission });
    });
  }
  if (plan.kind === "copy") return copyTile({ ...work, plan }, readTile);
  if (plan.kind === "stream") return streamPicture(kernels, { ...work, plan });
  return isSmall(plan) ? drawSmall(kernels, { ...work, plan }) : drawLarge(kernels, { ...work, plan });
}

interface Work<Plan extends RenderPlan = DrawPlan> {
  readonly plan: Plan;
  readonly inputs: RenderInputs;
  readonly admission: Admission;
}

/** A small one is one short read. */
async function copyTile<Plan extends CopyPlan | WebpCopyPlan>(
  { plan, inputs, admission }: Work<Plan>,
  readStored: (plan: Plan, inputs: RenderInputs) => Promise<Uint8Array>,
): Promise<Rendered> {
  const isTile = isSmallCopy(plan);
  const unrenewedMilliseconds = isTile ? admission.readMilliseconds : undefined;
  const loan = { share: isTile ? "tiles" : "draws", bytes: plan.cost.peakBytes, unrenewedMilliseconds } as const;
  const lease = await admit(admission, plan, loan);
  return exchanging(admission, lease, () => held(admission, lease, loan, () => readStored(plan, inputs).then(whole)));
}

async function readTile({ level, range }: CopyPlan, inputs: RenderInputs): Promise<Uint8Array> {
  const { encoding, tileWidth: width, tileLength: height } = level;
  const { model } = encoding;
  if (model !== "gray" && model !== "rgb" && model !== "ycbcr") throw new RangeError(`a copy of ${model}`);
  const tile = await inputs.source.read(range.offset, range.length);
  const head = tileHead({ level, scale: inputs.scale, envelope: inputs.envelope }, inputs.heads);
  return spliceTile(tile, head, { model, width, height });
}

/** Thrown for a stored tile that shows something else than its directory says. */
class UnlikeDirectory extends Error {}

async function readWebpTile({ level, range }: WebpCopyPlan, inputs: RenderInputs): Promise<Uint8Array> {
  const tile = await inputs.source.read(range.offset, range.length);
  const picture = spliceWebp(tile, { width: level.tileWidth, height: level.tileLength });
  if (picture === undefined) throw new UnlikeDirectory("a WebP with alpha");
  return wrapWebp(picture, inputs.envelope());
}

/** Reads first, and takes a kernel only for as long as it computes. */
async function drawSmall(kernels: Kernels, { plan, inputs, admission }: Work): Promise<Rendered> {
  const { readBytes, peakBytes } = plan.cost;
  const reads = plan.batches[0]?.reads ?? [];
  const share = costClassOf(plan) === "tile" ? "tiles" : "pictures";
  const unrenewedMilliseconds = areMadeAtOnce(reads) ? admission.readMilliseconds : undefined;
  const loan = { share, bytes: readBytes, unrenewedMilliseconds } as const;
  const lease = await admit(admission, plan, loan);
  return exchanging(admission, lease, async () => {
    const first = await held(admission, lease, loan, () => gatherReads(inputs.source, reads));
    lease.renew();
    refuseUnwanted(admission, lease);
    const drawn = await takeKernelMemory(admission, plan, lease);
    try {
      const kernel = kernels.take(peakBytes);
      const pause = async (): Promise<void> => refuseUnwanted(admission, lease);
      const drawing = await collect(plan, { ...inputs, kernel, first, pause });
      kernels.giveBack(kernel);
      return drawing;
    } finally {
      drawn.release();
    }
  });
}

/** Nearly always there is some at once, for nobody else computes meanwhile. */
async function takeKernelMemory(admission: Admission, plan: DrawPlan, lease: Lease): Promise<Lease> {
  const bytes = plan.cost.peakBytes - plan.cost.readBytes;
  const wait = () => admit(admission, plan, { share: "kernels", bytes });
  return admission.budget.tryTake("kernels", bytes) ?? whileRenewing(admission.clock, lease, wait);
}

/** Has all of its memory from the beginning, and lets others compute between its steps. */
async function drawLarge(kernels: Kernels, { plan, inputs, admission }: Work): Promise<Rendered> {
  const lease = await admit(admission, plan, { share: "draws", bytes: plan.cost.peakBytes });
  return exchanging(admission, lease, () =>
    whileRenewing(admission.clock, lease, async () => {
      const kernel = kernels.take(plan.cost.peakBytes);
      const pause = pauseFor(admission, lease);
      const drawing = await collect(plan, { ...inputs, kernel, pause });
      kernels.giveBack(kernel);
      return drawing;
    }),
  );
}

async function streamPicture(kernels: Kernels, { plan, inputs, admission }: Work): Promise<Rendered> {
  const lease = await admit(admission, plan, { share: "streams", bytes: plan.cost.peakBytes });
  const kernel = kernels.take(plan.cost.peakBytes);
  const pause = pauseFor(admission, lease);
  const pieces = drawImage(plan, { ...inputs, kernel, pause, onDamage: () => undefined });
  const byteLength = streamBytes(plan, inputs.envelope());
  return { body: givingBack(pieces, kernels, kernel), lease, byteLength, damage: undefined };
}

/** Gives the kernel of a stream back when it has been drawn to its end. */
async function* givingBack(
  pieces: AsyncGenerator<Uint8Array, void, undefined>,
  kernels: Kernels,
  kernel: Kernel,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield* pieces;
  kernels.giveBack(kernel);
}

/** A picture that is returned whole. */
interface Drawn {
  readonly body: Uint8Array;
  readonly damage: Damage | undefined;
}

function whole(body: Uint8Array): Drawn {
  return { body, damage: undefined };
}

/** Waits for reads that a lease is held for: by no timer where it was taken for as long as they may last. */
function held<T>(
  { clock }: Admission,
  lease: Lease,
  { unrenewedMilliseconds }: Pick<Loan, "unrenewedMilliseconds">,
  read: () => Promise<T>,
): Promise<T> {
  return unrenewedMilliseconds === undefined ? whileRenewing(clock, lease, read) : read();
}

/** Does the work of a picture that is returned whole, and exchanges its lease for that of the body. */
async function exchanging(admission: Admission, lease: Lease, work: () => Promise<Drawn>): Promise<Rendered> {
  try {
    const { body, damage } = await work();
    return { body, damage, lease: await leaseOfBody(admission, body, lease) };
  } catch (error) {
    lease.release();
    throw error;
  }
}

/** Lets others compute, if there are any, until it is this drawing's turn again: a pause takes a millisecond. */
function pauseFor(admission: Admission, lease: Lease): () => Promise<void> {
  let turn: Turn | undefined;
  return async () => {
    if (!admission.isAlone()) turn = await admission.budget.turns.next(turn);
    refuseUnwanted(admission, lease);
  };
}

async function collect(plan: DrawPlan, inputs: Omit<DrawInputs, "onDamage">): Promise<Drawn> {
  const collected: Uint8Array[] = [];
  let damage: Damage | undefined;
  const onDamage = (found: Damage): void => {
    damage = found;
  };
  for await (const piece of drawImage(plan, { ...inputs, onDamage })) collected.push(piece);
  return { body: concatenate(collected), damage };
}
