import { type Finding, formatCount, slowness } from "./finding.ts";
import type { LevelReport, Performance, PictureReport } from "./report.ts";

/** Each level is half of the one before, give or take what rounding small levels comes to. */
const halvingRatio = 2.2;

/** Levels further apart are as good as missing: tiles between them decode sixteen pixels and more for one. */
const missingRatio = 4.5;

/** A smallest level above this is no thumbnail, in pixels a side. */
const smallestSide = 1024;

/** Pixels of tiles that are larger, or smaller, than requests can make use of. */
const hugeTilePixels = 1 << 20;
const tinyTilePixels = 1 << 14;

/** Reads to open a master, one behind the other, from which on it is slow: some 40 ms each. */
const slowReads = 12;

/** A picture with what is known of how it lies in its file. */
export interface LaidPicture {
  readonly picture: PictureReport;
  readonly performance: Performance;
  /** Directories that are not in the first read. */
  readonly distantDirectories: number;
  /** Reduced directories that are no level of the picture. */
  readonly leftOut: number;
}

/** Finds what is wrong with levels, tiles and their places. Never throws. */
export function findInLayout(laid: LaidPicture): readonly Finding[] {
  const { picture, leftOut } = laid;
  const [full] = picture.levels;
  if (full === undefined) return [];
  if (full.layout === "file") return findInFile(picture);
  return [
    ...findInTiles(picture, full),
    ...findInLevels(picture, full),
    ...(leftOut > 0 ? [leftOutFinding(leftOut)] : []),
    ...findInPlaces(laid),
  ];
}

function findInFile(picture: PictureReport): readonly Finding[] {
  return [
    {
      severity: slowness(picture),
      code: "decoded-whole",
      message: `It is no TIFF: all of its ${formatCount(picture.width * picture.height)} pixels are decoded for every request.`,
      remedy: "conversion",
    },
  ];
}

function findInTiles(picture: PictureReport, full: LevelReport): readonly Finding[] {
  const { tileWidth, tileLength, layout } = full;
  const pixels = tileWidth * tileLength;
  const size = `${tileWidth} by ${tileLength} pixels`;
  if (layout === "strips") {
    const message = "It is stored in strips: a tile takes all the rows that it touches, over the whole width.";
    return [{ severity: slowness(picture), code: "strips", message, remedy: "conversion" }];
  }
  if (pixels > hugeTilePixels) {
    const message = `Its tiles are ${size}, which is much to decode for a part of one.`;
    return [{ severity: slowness(picture), code: "tiles-huge", message, remedy: "conversion" }];
  }
  if (pixels < tinyTilePixels && full.tiles > 16) {
    const message = `Its tiles are ${size}: viewers ask for ${formatCount(full.tiles)} of them one by one.`;
    return [{ severity: slowness(picture), code: "tiles-tiny", message, remedy: "conversion" }];
  }
  return [];
}

function findInLevels(picture: PictureReport, full: LevelReport): readonly Finding[] {
  const { levels } = picture;
  const severity = slowness(picture);
  if (levels.length === 1) {
    if (severity === "note") return [];
    const message = `It has no reduced levels: a thumbnail is drawn from all of its ${formatCount(full.width * full.height)} pixels.`;
    return [{ severity, code: "one-level", message, remedy: "conversion" }];
  }
  const findings: Finding[] = [];
  const ratios = levels.slice(1).map((level, index) => (levels[index]?.width ?? level.width) / level.width);
  const widest = Math.max(...ratios);
  const last = levels.at(-1) ?? full;
  if (widest > missingRatio) {
    const message = `A level is missing: from one to the next, sides become ${widest.toFixed(1)} times smaller.`;
    findings.push({ severity, code: "levels-missing", message, remedy: "conversion" });
  } else if (Math.max(last.width, last.height) > smallestSide) {
    const message = `Levels are missing: the smallest is ${last.width} by ${last.height} pixels.`;
    findings.push({ severity, code: "levels-missing", message, remedy: "conversion" });
  } else if (widest > halvingRatio) {
    const message = `Its levels are up to ${widest.toFixed(1)} times smaller than the one before, not half.`;
    findings.push({ severity: "note", code: "levels-not-halved", message, remedy: "conversion" });
  }
  const off = levels.filter(({ scaleFactor }) => scaleFactor === undefined);
  if (off.length > 0) {
    const sizes = off.map(({ width, height }) => `${width} by ${height}`).join(", ");
    const message = `Of these levels no tiles are offered, for they are no whole fraction of the picture: ${sizes}.`;
    findings.push({ severity: "note", code: "level-off-grid", message, remedy: "conversion" });
  }
  return findings;
}

function leftOutFinding(count: number): Finding {
  const what = count === 1 ? "A reduced directory is" : `${count} reduced directories are`;
  const message = `${what} left out: of other proportions or colours, or in a form that is not read.`;
  return { severity: "note", code: "levels-left-out", message, remedy: "none" };
}

function findInPlaces({ picture, performance, distantDirectories }: LaidPicture): readonly Finding[] {
  const findings: Finding[] = [];
  const unwritten = picture.levels.reduce((sum, level) => sum + level.unwrittenTiles, 0);
  if (unwritten > 0) {
    const message = `${formatCount(unwritten)} of its tiles were never written; they are drawn as 0 in every sample.`;
    findings.push({ severity: "note", code: "unwritten-tiles", message, remedy: "none" });
  }
  const { reads } = performance.opening;
  if (distantDirectories > 0 && reads > 1) {
    const message = `Opening it takes ${reads} reads, one behind the other: its directories are not at its start.`;
    findings.push({
      severity: reads > slowReads ? "warning" : "note",
      code: "slow-opening",
      message,
      remedy: "layout",
    });
  }
  return findings;
}
