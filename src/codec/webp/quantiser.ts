import { acSteps, dcSteps } from "./tables.ts";

/** Returns the index of VP8's quantiser for a quality of 1 to 100, on libwebp's scale: 0 is the finest of 128. */
export function quantiserOf(quality: number): number {
  const part = quality / 100;
  const linear = part < 0.75 ? (part * 2) / 3 : 2 * part - 1;
  return Math.floor(127 * (1 - Math.cbrt(linear)));
}

/** Returns the steps of DC and AC: of luma, of the DC coefficients of whole luma, of chroma. Source: RFC 6386 section 14.1. */
export function stepsOf(quantiser: number): readonly number[] {
  const dc = dcSteps[quantiser] ?? 0;
  const ac = acSteps[quantiser] ?? 0;
  return [dc, ac, 2 * dc, Math.max(8, Math.floor((ac * 155) / 100)), dcSteps[Math.min(quantiser, 117)] ?? 0, ac];
}

/** Returns how strongly decoders smooth the edges of blocks, 0 to 63, as libwebp does at its usual strength. */
export function filterLevelOf(quantiser: number): number {
  const level = Math.floor((((acSteps[quantiser] ?? 0) >> 2) * 300) / 256);
  return level < 2 ? 0 : Math.min(level, 63);
}
