import { ImageError } from "../../src/error.ts";
import { type MasterImage, openImage, prefixBytes } from "../../src/masters/image.ts";
import { drawAlone, type PictureStyle } from "../../src/picture.ts";
import type { Damage } from "../../src/render/damage.ts";
import { countReads, type ReadCounts } from "../../src/source/counting.ts";
import { memorySource } from "../../src/source/memory.ts";
import { openMeasuringTools } from "../support/drawing-tools.ts";
import { planPath } from "../support/render.ts";

/** What became of a request, and what it took. */
export interface Attempt {
  /** The code of the refusal; `none` for a picture. */
  readonly code: string;
  readonly message: string;
  readonly opening: ReadCounts;
  readonly drawing: ReadCounts;
  /** What the plan said the drawing would hold; 0 where it came to no plan. */
  readonly plannedBytes: number;
  /** What the kernel's memory grew to, in bytes; 0 where nothing was drawn. */
  readonly kernelBytes: number;
  /** What was said of a master that is served nevertheless. */
  readonly warnings: readonly string[];
  /** What the picture lacks; undefined for one that is whole. */
  readonly damage: Damage | undefined;
  readonly image: MasterImage | undefined;
}

/** Of low quality: it is the decoding that is tried. */
const style: PictureStyle = { qualities: { jpeg: 50, webp: 50 }, colorProfile: "convert", keepMetadata: "none" };

/** Opens a file in memory as the service does and draws a request such as `full/90,/0/default.jpg`. Never rejects with an ImageError. */
export async function attempt(file: Uint8Array, path = "full/!90,90/0/default.jpg", page = 1): Promise<Attempt> {
  const opening: ReadCounts = { reads: 0, bytes: 0 };
  const drawing: ReadCounts = { reads: 0, bytes: 0 };
  const warnings: string[] = [];
  const { tools, kernels } = openMeasuringTools();
  let image: MasterImage | undefined;
  let plannedBytes = 0;
  let damage: Damage | undefined;
  const onDamage = (found: Damage): void => {
    damage = found;
  };
  const outcome = (code: string, message = ""): Attempt => {
    return { code, message, opening, drawing, plannedBytes, kernelBytes: kernels.kernelBytes, warnings, damage, image };
  };
  const log = (line: object): void => void ("message" in line && warnings.push(String(line.message)));
  try {
    const source = countReads(memorySource(file), opening);
    const opened = await openImage({ source, prefix: file.subarray(0, prefixBytes), page, policy: "all" });
    image = opened;
    warnings.push(...opened.warnings);
    const picture = planPath({ ...opened, source: countReads(memorySource(file), drawing) }, path, style);
    plannedBytes = picture.plan.cost.peakBytes;
    for await (const _ of drawAlone(tools, picture, { log, onDamage }));
    return outcome("none");
  } catch (error) {
    if (error instanceof ImageError) return outcome(error.code, error.message);
    throw error;
  }
}
