import sharp from "sharp";
import { concatenate } from "../bytes.ts";
import type { Area, Size } from "../geometry.ts";
import { openDrawingTools } from "../node/compiled-modules.ts";
import { IngestError } from "../node/ingest-error.ts";
import {
  type DrawingTools,
  type DrawnMaster,
  drawAlone,
  type Picture,
  type PictureStyle,
  planPicture,
} from "../picture.ts";
import type { Level } from "../pyramid/level.ts";
import { seenSize } from "../pyramid/pyramid.ts";

/** Draws masters as the service draws them. */
export interface Engine {
  /**
   * Draws a region of a master at a size, colours as they are stored, what is transparent on white. Throws what planning
   * and drawing throw.
   */
  draw(master: MasterParts, part: { readonly region: Area; readonly size: Size }): Promise<DrawnPart>;
  /**
   * Draws the whole of a master as it is seen, as PNG with its profile and with what is transparent kept, and yields the
   * file in pieces. Inks and CIELab are brought to sRGB. Throws what planning and drawing throw.
   */
  encode(master: DrawnMaster): AsyncGenerator<Uint8Array, void, undefined>;
}

/** An opened master. */
export type MasterParts = Pick<DrawnMaster, "pyramid" | "source">;

/** Pixels, and the level that they were drawn from. */
export interface DrawnPart extends Pixels {
  readonly level: Level;
}

/** Pixels with 8 bits per sample, interleaved. */
export interface Pixels extends Size {
  readonly channels: number;
  readonly samples: Uint8Array;
}

let opened: Engine | undefined;

/** Returns the engine, compiled once per process. Throws `not-verified` if the kernels are not built. */
export function openEngine(): Engine {
  opened ??= compileEngine();
  return opened;
}

const style: PictureStyle = { qualities: { jpeg: 90, webp: 90 }, colorProfile: "carry", keepMetadata: "none" };

function compileEngine(): Engine {
  const tools = openTools();
  const plan = (master: DrawnMaster, part: { readonly region: Area; readonly size: Size }): Picture => {
    const rotation = { isMirrored: false, degrees: 0 };
    return planPicture(master, { ...part, rotation, quality: "default", format: "png" }, style);
  };
  return {
    async draw(master, part) {
      const picture = plan({ ...master, profile: undefined, metadata: {} }, part);
      const pieces: Uint8Array[] = [];
      for await (const piece of drawAlone(tools, picture)) pieces.push(piece);
      if (picture.plan.kind === "copy") throw new Error("a PNG is never copied");
      return { ...(await decodePixels(concatenate(pieces))), level: picture.plan.stored };
    },
    async *encode(master) {
      const size = seenSize(master.pyramid);
      yield* drawAlone(tools, plan(master, { region: { x: 0, y: 0, ...size }, size }));
    },
  };
}

let tools: DrawingTools | undefined;

/** Returns what the engine draws with, compiled once per process. Throws `not-verified` if the kernels are not built. */
export function openTools(): DrawingTools {
  try {
    tools ??= openDrawingTools();
    return tools;
  } catch (cause) {
    throw new IngestError("not-verified", "Masters can't be verified without the kernels. Run npm run build first.", {
      cause,
    });
  }
}

async function decodePixels(encoded: Uint8Array): Promise<Pixels> {
  const pixels = sharp(encoded);
  const { channels, hasAlpha } = await pixels.metadata();
  // As for the source: transparency is flattened on white, grey stays one sample per pixel.
  if (hasAlpha) pixels.flatten({ background: "#ffffff" });
  if (channels < 3) pixels.toColourspace("b-w");
  const { data, info } = await pixels.raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: info.channels, samples: data };
}
