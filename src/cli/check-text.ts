import { compressionNames, modelNames } from "../check/names.ts";
import type {
  Container,
  LevelReport,
  MasterReport,
  MetadataReport,
  PageReport,
  PictureReport,
  Problem,
  ProfileReport,
  RequestCost,
  StatedPicture,
} from "../check/report.ts";
import { formatMegabytes } from "../node/megabytes.ts";
import { formatVerdict, formatWorst } from "./check-brief.ts";
import { type CheckedFile, commandsOf } from "./check-files.ts";

/** A name and what is said about it, on a line of its own; the name is empty when the line before goes on. */
export type Row = readonly [string, string];

/** Formats everything known about a file as lines: what it is, how it is served, its problems. */
export function formatCheck(file: CheckedFile): readonly string[] {
  const { path, mendPath = path, report, failure } = file;
  const worst = formatWorst(file);
  const title = `${path}: ${formatVerdict(file)}${worst === "" ? "" : `, ${worst}`}`;
  const rows: readonly Row[] = report === undefined ? [["error", failure?.message ?? ""]] : describe(report, mendPath);
  return [title, ...alignRows(rows)];
}

/** Formats rows as lines, what is said below each other. */
export function alignRows(rows: readonly Row[]): readonly string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`.trimEnd());
}

function describe(report: MasterReport, path: string): readonly Row[] {
  const { container, pages, problems, bytes } = report;
  const file = [...(container === undefined ? [] : [formatContainer(container)]), `${formatMegabytes(bytes)} MB`];
  return [
    ["file", file.join(", ")],
    ...pages.flatMap((page) => describePage(page, pages.length)),
    ...problems.map((problem): Row => [problem.severity, formatProblem(problem, pages.length)]),
    ...describeMends(problems, path),
  ];
}

function formatContainer({ format, byteOrder, directories }: Container): string {
  const order = byteOrder === undefined ? [] : [`${byteOrder}-endian`];
  const count = directories === undefined ? [] : [directories === 1 ? "1 directory" : `${directories} directories`];
  return [format, ...order, ...count].join(", ");
}

function describePage({ page, picture, stated, costs }: PageReport, pages: number): readonly Row[] {
  const title: readonly Row[] = pages > 1 ? [[`page ${page}`, ""]] : [];
  if (picture === undefined) return stated === undefined ? title : [...title, ["states", formatStated(stated)]];
  const { profile, metadata } = picture;
  return [
    ...title,
    ["picture", formatPicture(picture)],
    ...describeLevels(picture.levels),
    ["profile", profile === undefined ? formatNoProfile(picture) : formatProfile(profile)],
    ["metadata", formatMetadata(metadata)],
    ["opening", costs === undefined ? "" : formatReads(costs.opening)],
    ["tile", formatCost(costs?.tile)],
    ["thumbnail", formatCost(costs?.thumbnail)],
  ];
}

function formatPicture({ width, height, orientation, samples }: PictureReport): string {
  const { model, isInverted, perPixel, bits, format, isPlanar, alpha, predictor } = samples;
  return [
    `${width} × ${height}`,
    `${modelNames[model]}${isInverted ? " inverted" : ""}`,
    `${bits} bits${format === "float" ? " floating point" : ""}`,
    `${perPixel} ${perPixel === 1 ? "sample" : "samples"} a pixel`,
    ...(alpha === "none" ? [] : [`${alpha} alpha`]),
    ...(isPlanar ? ["separate planes"] : []),
    ...(predictor === "none" ? [] : [`${predictor} predictor`]),
    ...(orientation === 1 ? [] : [`orientation ${orientation}`]),
  ].join(", ");
}

/** The columns of all levels are aligned with each other. */
function describeLevels(levels: readonly LevelReport[]): readonly Row[] {
  const cells = levels.map((level) => [
    `${level.width} × ${level.height}`,
    level.scaleFactor === undefined ? "not a whole fraction" : `1/${level.scaleFactor}`,
    formatGrid(level),
    formatCompression(level),
    `${formatMegabytes(level.bytes)} MB`,
    level.interiorTiles === 0
      ? ""
      : `${level.copiedTiles.toLocaleString("en")} of ${level.interiorTiles.toLocaleString("en")} whole tiles copied`,
  ]);
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells.map((row, index): Row => {
    const line = row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ");
    return [index === 0 ? "levels" : "", line];
  });
}

function formatGrid({ layout, tileWidth, tileLength, tiles }: LevelReport): string {
  if (layout === "file") return "whole file";
  const size = layout === "strips" ? `of ${tileLength} rows` : `of ${tileWidth} × ${tileLength}`;
  return `${tiles.toLocaleString("en")} ${tiles === 1 ? layout.slice(0, -1) : layout} ${size}`;
}

function formatCompression({ compression, jpeg }: LevelReport): string {
  const details =
    jpeg === undefined ? [] : [jpeg.process, ...(jpeg.subsampling === undefined ? [] : [jpeg.subsampling])];
  return [compressionNames[compression], ...details].join(" ");
}

function formatNoProfile({ samples: { model } }: PictureReport): string {
  return model === "rgb" || model === "ycbcr" || model === "palette" ? "none: read as sRGB" : "none";
}

function formatProfile({ description, bytes, use, reason }: ProfileReport): string {
  const name = `${description ?? "unnamed"} (${bytes} bytes)`;
  if (use === "ignored") return `${name}, ignored: ${reason}`;
  return `${name}, ${use === "srgb" ? "sRGB" : "converted to sRGB"}`;
}

function formatMetadata({ dotsPerInch, blocks, ...texts }: MetadataReport): string {
  const told = Object.entries(texts).flatMap(([name, text]) => (text === undefined ? [] : [`${name} "${cut(text)}"`]));
  const resolution = dotsPerInch === undefined ? [] : [`${dotsPerInch} dpi`];
  return [...resolution, ...blocks.map((name) => name.toUpperCase()), ...told].join(", ") || "none";
}

/** Longer texts are cut in a table. */
const shownCharacters = 60;

function cut(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length > shownCharacters ? `${line.slice(0, shownCharacters - 1)}…` : line;
}

function formatCost(cost: RequestCost | undefined): string {
  if (cost === undefined) return "refused";
  const decoded = cost.strategy === "copy" ? "copied" : `${cost.decodedPixels.toLocaleString("en")} pixels decoded`;
  return `${formatReads({ reads: cost.reads, bytes: cost.readBytes })}, ${decoded}`;
}

function formatReads({ reads, bytes }: { readonly reads: number; readonly bytes: number }): string {
  return `${reads} ${reads === 1 ? "read" : "reads"} of ${bytes.toLocaleString("en")} bytes`;
}

function formatStated(stated: StatedPicture): string {
  const { width, height, compression, compressionName, photometric, photometricName, bits, samplesPerPixel } = stated;
  return [
    `${width ?? "?"} × ${height ?? "?"}`,
    `compression ${compressionName ?? compression ?? "?"}`,
    `photometric ${photometricName ?? photometric ?? "?"}`,
    `${stated.hasSeveralDepths ? "several" : (bits ?? "?")} bits`,
    `${samplesPerPixel ?? "?"} samples a pixel`,
  ].join(", ");
}

function formatProblem({ code, message, pages }: Problem, pageCount: number): string {
  const where =
    pageCount > 1 && pages.length > 0
      ? ` (${pages.length === pageCount ? "all pages" : `page ${pages.join(", ")}`})`
      : "";
  return `${code}${where}: ${message}`;
}

/** Commands that fix several problems are listed once, with the codes of those problems. */
function describeMends(problems: readonly Problem[], path: string): readonly Row[] {
  const mends = new Map<string, { readonly commands: readonly string[]; readonly codes: Set<string> }>();
  for (const problem of problems) {
    if (problem.mend.length === 0) continue;
    const commands = commandsOf(problem, path);
    const key = commands.join("\n");
    const known = mends.get(key) ?? { commands, codes: new Set() };
    mends.set(key, { ...known, codes: known.codes.add(problem.code) });
  }
  return [...mends.values()].flatMap(({ commands, codes }): readonly Row[] => [
    ["mend", `${[...codes].join(", ")}:`],
    ...commands.map((command): Row => ["", command]),
  ]);
}
