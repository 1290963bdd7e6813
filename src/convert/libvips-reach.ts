import { modelNames } from "../check/names.ts";
import { colorSamples, type StoredModel } from "../pyramid/color-model.ts";
import type { SampleLayout } from "../pyramid/sample-layout.ts";

/** Samples a pixel that sharp takes in. Source: sharp 0.35, `Input image exceeds channel limit`. */
const mostSamples = 5;

/**
 * Says what libvips can't read of how a TIFF is stored, or reads as another picture than this service, as a part of a
 * sentence about the file; undefined where it reads all. Source: every model, with 0 to 7 extra samples of each meaning,
 * in strips, tiles and planes, of 8 and 16 bits, compared with what this service shows.
 */
export function findBeyondLibvips(model: StoredModel, layout: SampleLayout): string | undefined {
  const { samplesPerPixel, isPlanar, alpha } = layout;
  const extra = samplesPerPixel - colorSamples[model];
  const isRgb = model === "rgb" || model === "ycbcr";
  const isGray = model === "gray";
  if (samplesPerPixel > mostSamples) return `has ${samplesPerPixel} samples per pixel`;
  if (alpha !== undefined && extra > 1) return "has extra samples in addition to transparency";
  if (alpha !== undefined && !isRgb && !isGray) return `has transparency with ${modelNames[model]}`;
  if (model === "palette" && extra > 0) return "has a palette and extra samples";
  // Of planes, libvips takes the wrong ones for grey, and the wrong signs for CIELab.
  if (isPlanar && (isGray || model === "lab" || model === "icc-lab")) return "has separate planes";
  return undefined;
}
