import type { PngColorType } from "../codec/png/reader.ts";
import { type Chromaticities, type Chromaticity, primariesOf } from "../color/chromaticities.ts";
import { type CurveParameters, formatProfile, srgbCurve } from "../color/profile-writer.ts";

/** The chunks of a PNG that say what its colours are, as far as it has them. */
export interface PngColorChunks {
  readonly cICP: Uint8Array | undefined;
  /** The profile that iCCP held. */
  readonly profile: Uint8Array | undefined;
  readonly hasSrgb: boolean;
  readonly gAMA: Uint8Array | undefined;
  readonly cHRM: Uint8Array | undefined;
}

const d65: Chromaticity = [0.3127, 0.329];

/** Those of sRGB, which holds where nothing else is said. Source: IEC 61966-2-1. */
const srgb: Chromaticities = { white: d65, red: [0.64, 0.33], green: [0.3, 0.6], blue: [0.15, 0.06] };

/** How far a gamma may be from 1/2.2 and still mean the curve of sRGB. Source: Skia, as Chromium uses it. */
const gammaTolerance = 0.02;

/** How far a chromaticity may be from that of sRGB and still mean it: the rounding of writers. */
const chromaticityTolerance = 0.002;

/** Powers outside of this are taken for damage, as those of profiles are. */
const greatestPower = 10;

/**
 * Returns the profile of a PNG's colours: by cICP if it is of a kind that is read, else its own, else one that says what
 * gAMA and cHRM say. Undefined for sRGB. cHRM counts only together with gAMA, and a gamma of 1/2.2 with the primaries of
 * sRGB means sRGB, as in browsers. Source: W3C PNG specification, third edition, 4.3 and 11.3.2.
 */
export function pngProfile(chunks: PngColorChunks, colorType: PngColorType): Uint8Array | undefined {
  const isGray = colorType === 0 || colorType === 4;
  const coded = chunks.cICP && readCodePoints(chunks.cICP);
  if (coded !== undefined) return profileOf("cICP", coded, isGray);
  if (chunks.profile !== undefined || chunks.hasSrgb) return chunks.profile;
  const stated = readGamma(chunks);
  return stated && profileOf("gAMA", stated, isGray);
}

interface PngColors {
  readonly curve: CurveParameters;
  readonly primaries: Chromaticities;
}

function profileOf(
  chunk: string,
  { curve, primaries: chromaticities }: PngColors,
  isGray: boolean,
): Uint8Array | undefined {
  const isPlain = curve === srgbCurve && (isGray || chromaticities === srgb);
  const primaries = primariesOf(chromaticities);
  if (isPlain || primaries === undefined) return undefined;
  return formatProfile({ description: `PNG ${chunk}`, curve, primaries: isGray ? undefined : primaries });
}

/** Undefined where gAMA says nothing of use. */
function readGamma({ gAMA, cHRM }: PngColorChunks): PngColors | undefined {
  if (gAMA?.byteLength !== 4) return undefined;
  const gamma = viewOf(gAMA).getUint32(0) / 100_000;
  if (!(gamma >= 1 / greatestPower && gamma <= greatestPower)) return undefined;
  const primaries = cHRM === undefined ? srgb : readChromaticities(cHRM);
  if (primaries === undefined) return undefined;
  const isSrgb = primaries === srgb && Math.abs(gamma - 1 / 2.2) < gammaTolerance;
  return { curve: isSrgb ? srgbCurve : [1 / gamma], primaries };
}

function readChromaticities(data: Uint8Array): Chromaticities | undefined {
  if (data.byteLength !== 32) return undefined;
  const view = viewOf(data);
  const at = (index: number): Chromaticity => [
    view.getUint32(8 * index) / 100_000,
    view.getUint32(8 * index + 4) / 100_000,
  ];
  const read: Chromaticities = { white: at(0), red: at(1), green: at(2), blue: at(3) };
  return isNearSrgb(read) ? srgb : read;
}

function isNearSrgb(read: Chromaticities): boolean {
  const names = ["white", "red", "green", "blue"] as const;
  return names.every((name) =>
    read[name].every((value, index) => Math.abs(value - (srgb[name][index] ?? 0)) < chromaticityTolerance),
  );
}

/** Primaries by their code points, without those of HDR film. Source: ITU-T H.273 table 2. */
const codedPrimaries: Readonly<Record<number, Chromaticities>> = {
  1: srgb,
  5: { white: d65, red: [0.64, 0.33], green: [0.29, 0.6], blue: [0.15, 0.06] },
  6: { white: d65, red: [0.63, 0.34], green: [0.31, 0.595], blue: [0.155, 0.07] },
  9: { white: d65, red: [0.708, 0.292], green: [0.17, 0.797], blue: [0.131, 0.046] },
  12: { white: d65, red: [0.68, 0.32], green: [0.265, 0.69], blue: [0.15, 0.06] },
};

/** Curves by their code points: those of pictures, not of video and HDR. Source: ITU-T H.273 table 3. */
const codedCurves: Readonly<Record<number, CurveParameters>> = { 4: [2.2], 5: [2.8], 8: [1], 13: srgbCurve };

/** Undefined for what is not read: other code points, YCbCr, and the narrow range of video. */
function readCodePoints(data: Uint8Array): PngColors | undefined {
  const [primariesCode, curveCode, matrix, isFullRange] = data;
  if (data.byteLength !== 4 || matrix !== 0 || isFullRange !== 1) return undefined;
  const primaries = codedPrimaries[primariesCode ?? 0];
  const curve = codedCurves[curveCode ?? 0];
  return primaries && curve && { curve, primaries };
}

function viewOf(data: Uint8Array): DataView {
  return new DataView(data.buffer, data.byteOffset, data.byteLength);
}
