import type { DrawingTools } from "../picture.ts";
import type { OpenedSource } from "./opened-source.ts";
import type { RemakePlan } from "./plan.ts";
import type { Spill } from "./spill.ts";
import type { Stages } from "./stages.ts";

/** A conversion under way: what its steps take. */
export interface RemakeWork {
  readonly source: OpenedSource;
  readonly plan: RemakePlan;
  readonly tools: DrawingTools;
  readonly spill: Spill;
  readonly stages: Stages;
  /** Called between the steps of a block, some 20 ms of computing apart: lets others compute, and throws to stop. */
  readonly pause?: (() => Promise<void>) | undefined;
  /** Told what a person should know. */
  readonly warn: (sentence: string) => void;
}

/** Part of all names: what was spilled by another making of the same is not taken for this one's. */
const makingVersion = 1;

/**
 * Returns what the objects of a conversion begin with in the spill: the same for the same source, settings and shape of
 * blocks, so that whoever goes on with it finds what is there.
 */
export function spillFolder({ source: { source, page }, plan }: Pick<RemakeWork, "source" | "plan">): string {
  const { treatment } = plan.tiles;
  const { compression, quality, tileSize } = treatment;
  const { width, height } = plan.shape;
  const made = [page, compression, quality, tileSize, `${width}x${height}`, makingVersion].join("-");
  return `${encodeURIComponent(source.version)}/${made}`;
}

/** Returns what a block is called in the spill. */
export function blockName(work: Pick<RemakeWork, "source" | "plan">, index: number): string {
  return `${spillFolder(work)}/block-${index}`;
}

/** Returns what the levels above the blocks are called in the spill. */
export function topName(work: Pick<RemakeWork, "source" | "plan">): string {
  return `${spillFolder(work)}/top`;
}
