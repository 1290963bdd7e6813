import type { Size } from "../geometry.ts";
import { type Finding, formatCount, slowness } from "./finding.ts";
import type { LeftOut } from "./left-out.ts";
import type { LevelReport, PictureReport, ServingCosts, Severity } from "./report.ts";

/** Each level is half of the one before, allowing for rounding in small levels. */
const halvingRatio = 2.2;

/** Levels further apart count as missing: tiles between them decode sixteen or more pixels for one. */
const missingRatio = 4.5;

/** The smallest level is not a thumbnail if its sides are larger than this, in pixels. */
const smallestSide = 1024;

/** Tiles with more pixels, or fewer, than requests can use well. */
const hugeTilePixels = 1 << 20;
const tinyTilePixels = 1 << 14;

/** More reads than this to open a master are slow: most wait for the one before, about 40 ms each. */
const slowReads = 12;

/** The first read, and one for what it does not include. */
const fewReads = 2;

/** A picture with what is known about its layout in the file. */
export interface LaidPicture {
  readonly picture: PictureReport;
  readonly costs: ServingCosts;
  /** Directories that are not in the first read. */
  readonly distantDirectories: number;
  readonly leftOut: LeftOut;
  /** Why links between the file's directories can't be followed. */
  readonly brokenLinks: readonly string[];
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
    ...laid.brokenLinks.map(
      (reason): Finding => ({
        severity: "warning",
        code: "broken-link",
        message: `A link between its directories is broken, and what it should lead to is ignored: ${reason}.`,
        remedy: "none",
      }),
    ),
    ...findInPlaces(laid),
  ];
}

function fileFinding({ width, height }: LevelReport, severity: Severity): Finding {
  const message = `It is not a TIFF: all of its ${formatCount(width * height)} pixels are decoded for every request.`;
  return { severity, code: "decoded-whole", message, remedy: "conversion" };
}

function findInTiles({ tileWidth, tileLength, layout, tiles }: LevelReport, severity: Severity): readonly Finding[] {
  const pixels = tileWidth * tileLength;
  const size = `${tileWidth} by ${tileLength} pixels`;
  if (layout === "strips") {
    const message = "It is stored in strips: each tile needs all the rows that it touches, over the full width.";
    return [{ severity, code: "strips", message, remedy: "conversion" }];
  }
  if (pixels > hugeTilePixels) {
    const message = `Its tiles are ${size}, which is a lot to decode when only part of one is needed.`;
    return [{ severity, code: "tiles-huge", message, remedy: "conversion" }];
  }
  if (pixels >= tinyTilePixels) return [];
  const message = `Its tiles are ${size}: viewers request ${formatCount(tiles)} of them one by one.`;
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
  const message = `No tiles are offered for these levels, because their sizes are not a whole fraction of the picture: ${formatSizes(off)}.`;
  const offGrid: Finding = { severity: "note", code: "level-off-grid", message, remedy: "conversion" };
  return [...findBetween(levels, { last, severity }), ...(off.length > 0 ? [offGrid] : [])];
}

/** Finds levels that are missing, or not where they help most. */
function findBetween(
  levels: readonly LevelReport[],
  { last, severity }: { readonly last: LevelReport; readonly severity: Severity },
): readonly Finding[] {
  const ratios = levels.slice(1).map((level, index) => (levels[index]?.width ?? level.width) / level.width);
  const widest = Math.max(...ratios);
  if (widest > missingRatio) {
    const message = `A level is missing: between two levels, sides get ${widest.toFixed(1)} times smaller.`;
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

function findInLeftOut({ unread, doubtful, others }: LeftOut): readonly Finding[] {
  const findings: Finding[] = [];
  if (unread.length > 0) {
    const message = `Levels are ignored because they are damaged, not supported, or have different colours: ${formatSizes(unread)}.`;
    findings.push({ severity: "warning", code: "levels-left-out", message, remedy: "conversion" });
  }
  if (doubtful.length > 0) {
    const message = `Levels are ignored because nothing says whether they belong to this page or to another one: ${formatSizes(doubtful)}.`;
    findings.push({ severity: "warning", code: "levels-in-doubt", message, remedy: "conversion" });
  }
  if (others > 0) {
    const message =
      others === 1
        ? "A directory next to the picture is not a level: it is no reduced version of it, going by proportions and flags."
        : `${others} directories next to the picture are not levels: they are no reduced versions of it, going by proportions and flags.`;
    findings.push({ severity: "note", code: "other-directories", message, remedy: "none" });
  }
  return findings;
}

function formatSizes(sizes: readonly Size[]): string {
  return sizes.map(({ width, height }) => `${width} by ${height}`).join(", ");
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
