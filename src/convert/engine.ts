import sharp from "sharp";
import { concatenate } from "../bytes.ts";
import type { ColorTable } from "../color/table.ts";
import type { Area, Size } from "../geometry.ts";
import { compileModule, compileSettings } from "../node/compiled-modules.ts";
import { IngestError } from "../node/ingest-error.ts";
import type { Level } from "../pyramid/level.ts";
import type { Pyramid } from "../pyramid/pyramid.ts";
import { seenSize } from "../pyramid/pyramid.ts";
import { Kernel } from "../raster/kernel.ts";
import { drawImage } from "../render/draw.ts";
import { planRender } from "../render/plan.ts";
import type { ByteSource } from "../source/byte-source.ts";

/** Draws parts of masters as the service draws them. */
export interface Engine {
  /**
   * Draws a region of a master at a size, with colours as stored and transparency flattened on white. Throws what
   * planning and drawing throw.
   */
  draw(master: MasterParts, part: { readonly region: Area; readonly size: Size }): Promise<DrawnPart>;
  /**
   * Draws the whole of a master after orientation, as PNG with transparency kept, and yields the file in pieces. The
   * table converts inks and CIELab to sRGB. Throws what planning and drawing throw.
   */
  encode(master: MasterParts, colors: MasterColors): AsyncGenerator<Uint8Array, void, undefined>;
}

/** What happens to the colours of a whole picture. */
export interface MasterColors {
  /** The profile that is written with the picture. */
  readonly icc: Uint8Array | undefined;
  /** Converts what PNG can't hold to sRGB; undefined for grey and RGB. */
  readonly table: ColorTable | undefined;
}

/** An opened master. */
export interface MasterParts {
  readonly pyramid: Pyramid;
  readonly source: ByteSource;
}

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

function compileEngine(): Engine {
  const kernelModule = compileKernels();
  const settings = compileSettings({ jpegQuality: 90, webpQuality: 90 });
  const planDrawing = ({ pyramid, source }: MasterParts, part: { readonly region: Area; readonly size: Size }) => {
    const rotation = { isMirrored: false, degrees: 0 };
    const request = { ...part, rotation, quality: "default", format: "png" } as const;
    const plan = planRender(request, pyramid, { sourceSize: source.size, isProfiled: false });
    if (plan.kind === "copy") throw new Error("the plan of a PNG can't be a copy");
    const kernel = new Kernel(kernelModule, plan.cost.peakBytes);
    return { plan, kernel };
  };
  return {
    async draw(master, part) {
      const { plan, kernel } = planDrawing(master, part);
      const pieces: Uint8Array[] = [];
      const inputs = { kernel, source: master.source, settings, table: undefined, envelope: {} };
      for await (const piece of drawImage(plan, inputs)) pieces.push(piece);
      return { ...(await decodePixels(concatenate(pieces))), level: plan.stored };
    },
    async *encode(master, { icc, table }) {
      const size = seenSize(master.pyramid);
      const { plan, kernel } = planDrawing(master, { region: { x: 0, y: 0, ...size }, size });
      yield* drawImage(plan, { kernel, source: master.source, settings, table, envelope: { icc } });
    },
  };
}

function compileKernels(): WebAssembly.Module {
  try {
    return compileModule("kernel");
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
