import { type Finding, formatCount, slowness } from "./finding.ts";
import type { LeftOut } from "./left-out.ts";
import type { LevelReport, PictureReport, ServingCosts, Severity } from "./report.ts";

/** Each level is half of the one before, give or take what rounding small levels comes to. */
const halvingRatio = 2.2;

/** Levels further apart are as good as missing: tiles between them decode sixteen pixels and more for one. */
const missingRatio = 4.5;

/** A smallest level above this is no thumbnail, in pixels a side. */
const smallestSide = 1024;

/** Pixels of tiles that are larger, or smaller, than requests can make use of. */
const hugeTilePixels = 1 << 20;
const tinyTilePixels = 1 << 14;

/** Reads to open a master above which it is slow: most wait for the one before, some 40 ms. */
const slowReads = 12;

/** The first read, and one for what it does not hold. */
const fewReads = 2;

/** A picture with what is known of how it lies in its file. */
export interface LaidPicture {
  readonly picture: PictureReport;
  readonly costs: ServingCosts;
  /** Directories that are not in the first read. */
  readonly distantDirectories: number;
  readonly leftOut: LeftOut;
}

/** Finds what is wrong with levels, tiles and their places. */
export function findInLayout(laid: LaidPicture): readonly Finding[] {
  const { picture, leftOut } = laid;
  const [full] = picture.levels;
  const severity = slowness(picture);
  if (full === undefined) return [];
  if (full.layout === "file") return severity === undefined ? [] : [fileFinding(full, severity)];
  return [
    ...(severity === undefined ? [] : [...findInTiles(full, severity), ...findInLevels(picture.levels, severity)]),
    ...findInLeftOut(leftOut),
    ...findInPlaces(laid),
  ];
}

function fileFinding({ width, height }: LevelReport, severity: Severity): Finding {
  const message = `It is no TIFF: all of its ${formatCount(width * height)} pixels are decoded for every request.`;
  return { severity, code: "decoded-whole", message, remedy: "conversion" };
}

function findInTiles({ tileWidth, tileLength, layout, tiles }: LevelReport, severity: Severity): readonly Finding[] {
  const pixels = tileWidth * tileLength;
  const size = `${tileWidth} by ${tileLength} pixels`;
  if (layout === "strips") {
    const message = "It is stored in strips: a tile takes all the rows that it touches, over the whole width.";
    return [{ severity, code: "strips", message, remedy: "conversion" }];
  }
  if (pixels > hugeTilePixels) {
    const message = `Its tiles are ${size}, which is much to decode for a part of one.`;
    return [{ severity, code: "tiles-huge", message, remedy: "conversion" }];
  }
  if (pixels >= tinyTilePixels) return [];
  const message = `Its tiles are ${size}: viewers ask for ${formatCount(tiles)} of them one by one.`;
  return [{ severity, code: "tiles-tiny", message, remedy: "conversion" }];
}

function findInLevels(levels: readonly LevelReport[], severity: Severity): readonly Finding[] {
  const [full] = levels;
  const last = levels.at(-1);
  if (full === undefined || last === undefined) return [];
  if (levels.length === 1) {
    if (severity === "note") return [];
    const message = "It has no reduced levels: the smallest picture is drawn from all of its pixels.";
    return [{ severity, code: "one-level", message, remedy: "conversion" }];
  }
  const off = levels.filter(({ scaleFactor }) => scaleFactor === undefined);
  const sizes = off.map(({ width, height }) => `${width} by ${height}`).join(", ");
  const message = `Of these levels no tiles are offered, for they are no whole fraction of the picture: ${sizes}.`;
  const offGrid: Finding = { severity: "note", code: "level-off-grid", message, remedy: "conversion" };
  return [...findBetween(levels, { last, severity }), ...(off.length > 0 ? [offGrid] : [])];
}

/** Levels that are missing, or are not where they do most good. */
function findBetween(
  levels: readonly LevelReport[],
  { last, severity }: { readonly last: LevelReport; readonly severity: Severity },
): readonly Finding[] {
  const ratios = levels.slice(1).map((level, index) => (levels[index]?.width ?? level.width) / level.width);
  const widest = Math.max(...ratios);
  if (widest > missingRatio) {
    const message = `A level is missing: from one to the next, sides become ${widest.toFixed(1)} times smaller.`;
    return [{ severity, code: "levels-missing", message, remedy: "conversion" }];
  }
  if (Math.max(last.width, last.height) > smallestSide) {
    const message = `Levels are missing: the smallest is ${last.width} by ${last.height} pixels.`;
    return [{ severity, code: "levels-missing", message, remedy: "conversion" }];
  }
  if (widest <= halvingRatio) return [];
  const message = `Its levels are up to ${widest.toFixed(1)} times smaller than the one before, not half.`;
  return [{ severity: "note", code: "levels-not-halved", message, remedy: "conversion" }];
}

function findInLeftOut({ unread, others }: LeftOut): readonly Finding[] {
  const findings: Finding[] = [];
  if (unread.length > 0) {
    const sizes = unread.map(({ width, height }) => `${width} by ${height}`).join(", ");
    const message = `Levels are left out, for they are damaged, not read, or of other colours: ${sizes}.`;
    findings.push({ severity: "warning", code: "levels-left-out", message, remedy: "conversion" });
  }
  if (others > 0) {
    const what = others === 1 ? "A reduced directory is" : `${others} reduced directories are`;
    const message = `${what} of other proportions than the picture and no level of it.`;
    findings.push({ severity: "note", code: "other-directories", message, remedy: "none" });
  }
  return findings;
}

function findInPlaces({ picture, costs, distantDirectories }: LaidPicture): readonly Finding[] {
  const findings: Finding[] = [];
  const unwritten = picture.levels.reduce((sum, level) => sum + level.unwrittenTiles, 0);
  if (unwritten > 0) {
    const message = `${formatCount(unwritten)} of its tiles were never written; they are drawn as 0 in every sample.`;
    findings.push({ severity: "note", code: "unwritten-tiles", message, remedy: "none" });
  }
  const { reads } = costs.opening;
  if (distantDirectories > 0 && reads > fewReads) {
    const message = `Opening it takes ${reads} reads: its directories are not at its start.`;
    findings.push({
      severity: reads > slowReads ? "warning" : "note",
      code: "slow-opening",
      message,
      remedy: "layout",
    });
  }
  return findings;
}
