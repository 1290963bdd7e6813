import type { ImageError } from "../error.ts";
import type { CanonicalRequest } from "../iiif/canonical.ts";
import { type DrawnMaster, type PictureStyle, planPicture } from "../picture.ts";
import type { Level } from "../pyramid/level.ts";
import type { Damage } from "../render/damage.ts";
import type { RenderPlan } from "../render/plan.ts";
import { tryMaster } from "./faults.ts";
import { findRefusal } from "./refusal.ts";
import type { RequestCost } from "./report.ts";
import { largerRequests, squareRequest, thumbnailRequest, tileRequest, type ViewerRequest } from "./viewer-requests.ts";

/** Draws a picture as the service does and drops it. Throws ImageError as the service answers it. */
export type DrawPicture = (image: DrawnMaster, request: CanonicalRequest) => Promise<DrawnPicture>;

/** A picture that was drawn. */
export interface DrawnPicture {
  /** The messages that the service would log meanwhile. */
  readonly warnings: readonly string[];
  /** What it lacks because its master is damaged. */
  readonly damage: Damage | undefined;
}

/** How pictures are made by a service as it is shipped. */
const shippedStyle: PictureStyle = {
  qualities: { jpeg: 85, webp: 80 },
  colorProfile: "convert",
  keepMetadata: "copyright",
};

/** The outcome of the requests that viewers make. */
export interface Serving {
  /** Levels whose whole tiles are sent as they are stored. */
  readonly copied: ReadonlySet<Level>;
  readonly square: RequestCost | undefined;
  readonly thumbnail: RequestCost | undefined;
  readonly refused: readonly Refusal[];
  /** What the service would log while it draws. */
  readonly warnings: readonly string[];
  /** Requests whose pictures lack something. */
  readonly damaged: readonly DamagedPicture[];
  /** How many of these requests are answered. */
  readonly answered: number;
  /** Why no request is answered, as info.json says it. */
  readonly refusal: ImageError | undefined;
}

/** A request that is not answered. */
export interface Refusal {
  /** What was requested. */
  readonly name: string;
  readonly fault: ImageError;
  /** Whether it only shows when tiles are decoded. */
  readonly isOfTiles: boolean;
}

/** A request that is answered with a picture that lacks something. */
export interface DamagedPicture {
  /** What was requested. */
  readonly name: string;
  readonly damage: Damage;
}

/**
 * Plans what viewers request of an image: a tile of each level, the whole picture small and large. With `draw`, the
 * tiles and the smallest picture are drawn too; the tiles stand for the other requests. Throws what the source throws.
 */
export async function tryServing(image: DrawnMaster, draw?: DrawPicture): Promise<Serving> {
  const { pyramid } = image;
  const copied = new Set<Level>();
  const refused: Refusal[] = [];
  const warnings = new Set<string>();
  const damaged: DamagedPicture[] = [];
  let answered = 0;
  const plan = async (asked: ViewerRequest): Promise<RenderPlan | undefined> => {
    const planned = await tryMaster(() => planRequest(image, asked));
    if ("value" in planned) return planned.value;
    refused.push({ name: asked.name, fault: planned.fault, isOfTiles: false });
    return undefined;
  };
  const answer = async (asked: ViewerRequest): Promise<RenderPlan | undefined> => {
    const planned = await plan(asked);
    const drawn = planned && draw && (await tryMaster(() => drawAll(image, { asked, planned, draw })));
    if (drawn !== undefined && "fault" in drawn)
      refused.push({ name: asked.name, fault: drawn.fault, isOfTiles: true });
    else if (planned !== undefined) answered += 1;
    if (drawn !== undefined && "value" in drawn) {
      const { damage } = drawn.value;
      for (const warning of drawn.value.warnings) warnings.add(warning);
      if (damage !== undefined) damaged.push({ name: asked.name, damage });
    }
    return planned;
  };
  for (const level of pyramid.levels) {
    if ((await answer(tileRequest(pyramid, level)))?.kind === "copy") copied.add(level);
  }
  const thumbnail = await answer(thumbnailRequest(pyramid));
  const square = await tryMaster(() => planRequest(image, squareRequest(pyramid)));
  for (const asked of largerRequests(pyramid)) {
    const planned = await plan(asked);
    if (planned !== undefined && draw === undefined) answered += 1;
  }
  return {
    copied,
    refused,
    warnings: [...warnings],
    damaged,
    answered,
    refusal: findRefusal(image, shippedStyle),
    thumbnail: costOf(thumbnail),
    square: "value" in square ? costOf(square.value) : undefined,
  };
}

function planRequest(image: DrawnMaster, { request }: ViewerRequest): RenderPlan {
  return planPicture(image, request, shippedStyle).plan;
}

/** A copied tile is decoded as well, because copying it proves nothing about its pixels. */
async function drawAll(
  image: DrawnMaster,
  { asked, planned, draw }: { readonly asked: ViewerRequest; readonly planned: RenderPlan; readonly draw: DrawPicture },
): Promise<DrawnPicture> {
  const drawn = await draw(image, asked.request);
  return planned.kind === "copy" ? draw(image, { ...asked.request, format: "png" }) : drawn;
}

function costOf(plan: RenderPlan | undefined): RequestCost | undefined {
  if (plan === undefined) return undefined;
  const { kind, cost } = plan;
  return {
    strategy: kind,
    reads: cost.reads,
    readBytes: cost.readBytes,
    tiles: cost.tiles,
    decodedPixels: cost.decodedPixels,
    peakBytes: cost.peakBytes,
  };
}
