import { colorSamples } from "../pyramid/color-model.ts";
import { type Finding, slowness } from "./finding.ts";
import { compressionNames } from "./names.ts";
import type { LevelReport, PictureReport, ProfileReport } from "./report.ts";

/** Finds what is wrong with how pixels are encoded: compression, planes, depth, orientation. */
export function findInCoding(picture: PictureReport): readonly Finding[] {
  const [full] = picture.levels;
  if (full === undefined) return [];
  return [...findInCompression(picture, full), ...findInSamples(picture, full)];
}

function findInCompression(picture: PictureReport, full: LevelReport): readonly Finding[] {
  const { compression, layout } = full;
  const severity = slowness(picture);
  if (severity === undefined) return [];
  if (picture.levels.some(({ jpeg }) => jpeg?.process === "progressive")) {
    const message = "It is progressive JPEG: all coefficients of a tile are held in memory until it is decoded.";
    return [{ severity, code: "progressive", message, remedy: "conversion" }];
  }
  if (layout === "file" || compression === "jpeg") return [];
  if (compression === "none" && full.bytes > uncompressedBytes) {
    const message = "It is not compressed: many times more bytes are read than for JPEG tiles.";
    return [{ severity, code: "uncompressed", message, remedy: "conversion" }];
  }
  if (compression === "jpeg2000") {
    const message = "Its tiles are JPEG 2000, which takes many times longer to decode than JPEG.";
    return [{ severity, code: "slow-codec", message, remedy: "conversion" }];
  }
  // Black-and-white pages are best as they are.
  if (picture.samples.bits === 1 || layout === "strips") return [];
  const message = `Its tiles are ${compressionNames[compression]}: each is decoded and encoded again, while JPEG tiles are sent as they are stored.`;
  // The ingest stores black and white as lossless grey.
  const remedy = isLossless(full) && picture.samples.model === "gray" ? "none" : "conversion";
  return [{ severity: "note", code: "reencoded", message, remedy }];
}

function isLossless({ compression }: LevelReport): boolean {
  return compression !== "jpeg" && compression !== "webp" && compression !== "jpeg2000";
}

/** Uncompressed pictures with fewer bytes than this are read at once. */
const uncompressedBytes = 1 << 18;

function findInSamples(picture: PictureReport, full: LevelReport): readonly Finding[] {
  const { samples, orientation } = picture;
  const findings: Finding[] = [];
  if (samples.isPlanar) {
    const message = `Its samples are in ${samples.perPixel} separate planes, so each tile is in ${samples.perPixel} pieces.`;
    findings.push({ severity: "note", code: "planes", message, remedy: "conversion" });
  }
  if (orientation !== 1 && full.layout === "tiles" && full.compression === "jpeg") {
    const message = `It is stored turned or mirrored (orientation ${orientation}), so no tile is sent as it is stored.`;
    findings.push({ severity: "note", code: "turned", message, remedy: "conversion" });
  }
  if (samples.bits > 8 && samples.format === "unsigned") {
    const message = `Its ${samples.bits} bits per sample are served as 8.`;
    findings.push({ severity: "note", code: "deep-samples", message, remedy: "none" });
  }
  if (samples.format === "float" && samples.isRangeGuessed) {
    const message =
      "It has floating point samples without a stated range (SMinSampleValue, SMaxSampleValue): 0 is shown as black and 1 as white.";
    findings.push({ severity: "warning", code: "range-guessed", message, remedy: "none" });
  }
  return findings;
}

/** Finds what is wrong with colours, profile and extra samples. */
export function findInColors(picture: PictureReport): readonly Finding[] {
  const { samples, profile } = picture;
  const { model, perPixel, alpha } = samples;
  const findings: Finding[] = [];
  const isLab = model === "lab" || model === "icc-lab";
  const isInk = model === "cmyk" || model === "ycck";
  if (isLab) findings.push(conversionFinding(picture, { code: "lab", what: "It is CIELab" }));
  else if (profile?.use === "converted") {
    const what = `Its ${isInk ? "inks" : "colours"} are in the profile ${nameProfile(profile)}`;
    findings.push(conversionFinding(picture, { code: "profile-converted", what }));
  } else if (isInk) {
    const message = "It is CMYK without a usable profile: common inks are assumed, and colours may be off.";
    findings.push({ severity: "warning", code: "inks", message, remedy: "conversion" });
  }
  if (profile?.use === "ignored" && !isLab) {
    const message = `Its profile is ignored, and colours may be off: ${profile.reason}.`;
    findings.push({ severity: "warning", code: "profile-ignored", message, remedy: "none" });
  }
  if (alpha !== "none") {
    const message =
      "It has transparency: kept in png and webp, flattened on white in jpg; no tile is sent as it is stored.";
    findings.push({ severity: "note", code: "alpha", message, remedy: "none" });
  }
  const extra = perPixel - colorSamples[model] - (alpha === "none" ? 0 : 1);
  if (extra > 0 && full(picture)?.layout !== "file") {
    const message = `It has ${extra} ${extra === 1 ? "sample" : "samples"} per pixel besides its colours, which are ignored.`;
    findings.push({ severity: "note", code: "extra-samples", message, remedy: "none" });
  }
  return findings;
}

/** When tiles could otherwise be sent as they are stored, converting is most expensive. */
function conversionFinding(
  picture: PictureReport,
  { code, what }: { readonly code: "lab" | "profile-converted"; readonly what: string },
): Finding {
  const isJpeg = full(picture)?.compression === "jpeg" && full(picture)?.layout === "tiles";
  return {
    severity: isJpeg ? (slowness(picture) ?? "note") : "note",
    code,
    message: `${what}: it is converted to sRGB for every request, and no tile is sent as it is stored.`,
    remedy: "conversion",
  };
}

function full({ levels: [first] }: PictureReport): LevelReport | undefined {
  return first;
}

function nameProfile({ description }: ProfileReport): string {
  return description === undefined ? "unnamed" : `"${description}"`;
}
