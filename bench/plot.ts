// Draws the results in build/bench as bars, one picture for each peer, into bench/results. Run: npm run bench:report.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { ColdResult } from "./cold.ts";
import type { RenderResult } from "./render.ts";
import type { ServerResults } from "./server.ts";
import { benchFolder, type Sampling, sources } from "./sources.ts";
import { formatFigure } from "./statistics.ts";
import { pairsOf } from "./targets.ts";

/** One bar: what is measured, by what it is measured against. */
interface Bar {
  readonly value: number;
  readonly color: string;
  readonly label: string;
}

/** The bars of one case, under each other. */
interface Group {
  readonly name: string;
  readonly bars: readonly Bar[];
}

interface Chart {
  readonly title: string;
  readonly subtitle: string;
  /** Name and colour of each kind of bar. */
  readonly legend: readonly (readonly [string, string])[];
  readonly groups: readonly Group[];
  /** The value at the right end of the axis, and the step of its marks. */
  readonly end: number;
  readonly step: number;
  readonly unit: string;
  /** A line across all bars. */
  readonly line?: { readonly value: number; readonly label: string };
}

const colors: Readonly<Record<Sampling, string>> = { "ycbcr-420": "#1f6f8b", "rgb-444": "#c8792b" };
const samplings = ["ycbcr-420", "rgb-444"] as const;
const samplingNames: Readonly<Record<Sampling, string>> = {
  "ycbcr-420": "YCbCr 4:2:0 tiles",
  "rgb-444": "RGB 4:4:4 tiles",
};
/** The master whose cases are drawn. */
const megapixels = "123mp";

function readResults<T>(name: string): T | undefined {
  const path = `${benchFolder}/${name}.json`;
  if (existsSync(path)) return JSON.parse(readFileSync(path, "utf8")) as T;
  console.log(`${name} is left out: ${path} is missing`);
  return undefined;
}

const ratioAxis = { end: 1.6, step: 0.2, unit: "" } as const;
const legend = samplings.map((sampling) => [samplingNames[sampling], colors[sampling]] as const);

function chartRender(results: readonly RenderResult[]): Chart {
  return {
    title: "Whole renders: time by libvips' (sharp), one thread, one core",
    subtitle: "123 megapixels, JPEG quality 85, the same level of the same file; shorter is faster",
    legend,
    groups: groupBySampling(
      results,
      ({ case: name }) => name,
      (found) => ({
        value: found.ratio,
        label: `${formatFigure(found.ours.milliseconds.median)} ms, sharp ${formatFigure(found.sharp.milliseconds.median)}`,
      }),
    ),
    ...ratioAxis,
    line: { value: 1, label: "sharp" },
  };
}

function chartServer({ requests, programs }: ServerResults): Chart {
  const pairs = pairsOf(requests).map(([ours, other]) => ({ source: ours.source, case: ours.case, ours, other }));
  return {
    title: "Over HTTP: processor time a request by iipsrv's, one core, one connection, caches off",
    subtitle: `123 megapixels, JPEG quality 85; ${programs.iipsrv} reduces bilinearly, ours by Lanczos3; shorter is less`,
    legend,
    groups: groupBySampling(
      pairs,
      ({ case: name }) => name,
      ({ ours, other }) => ({
        value: ours.cpu / other.cpu,
        label: `${formatFigure(ours.cpu)} ms, iipsrv ${formatFigure(other.cpu)}`,
      }),
    ),
    ...ratioAxis,
    line: { value: 1, label: "iipsrv" },
  };
}

function groupBySampling<T extends { readonly source: string }>(
  results: readonly T[],
  nameOf: (result: T) => string,
  barOf: (result: T) => Omit<Bar, "color">,
): Group[] {
  const found = results.filter(({ source }) => source.startsWith(megapixels));
  return [...new Set(found.map(nameOf))].map((name) => ({
    name,
    bars: found.flatMap((result) => {
      const sampling = sources.find((source) => source.name === result.source)?.sampling;
      return nameOf(result) === name && sampling !== undefined ? [{ ...barOf(result), color: colors[sampling] }] : [];
    }),
  }));
}

function chartCold(results: readonly ColdResult[]): Chart {
  const readers = { ours: "#1f6f8b", geotiff: "#8a8a8a" } as const;
  const kinds = results
    .filter(({ state }) => state !== "known")
    .map(({ file, request, state }) => `${request}, ${state}, ${file}`);
  return {
    title: "Time to the first byte where every read of storage takes 40 ms",
    subtitle: "123 megapixels; in brackets the reads that waited on one another; shorter is faster",
    legend: [
      ["ours", readers.ours],
      ["geotiff 3, its own reading", readers.geotiff],
    ],
    groups: [...new Set(kinds)].map((kind) => ({
      name: kind,
      bars: results
        .filter(({ file, request, state }) => `${request}, ${state}, ${file}` === kind)
        .map(({ reader, firstByte, depth }) => ({
          value: firstByte,
          color: readers[reader],
          label: `${formatFigure(firstByte)} ms (${depth})`,
        })),
    })),
    end: 800,
    step: 100,
    unit: " ms",
  };
}

const left = 250;
const right = 190;
const plotWidth = 460;
const top = 88;
const barHeight = 13;
const groupGap = 12;

function drawChart({ title, subtitle, legend, groups, end, step, unit, line }: Chart): string {
  const x = (value: number): number => left + (Math.min(value, end) / end) * plotWidth;
  const parts: string[] = [];
  let y = top;
  for (const { name, bars } of groups) {
    const middle = y + (bars.length * barHeight) / 2;
    parts.push(text(left - 10, middle + 4, name, 'text-anchor="end"'));
    for (const { value, color, label } of bars) {
      parts.push(
        `<rect x="${left}" y="${y}" width="${(x(value) - left).toFixed(1)}" height="${barHeight - 2}" fill="${color}"/>`,
      );
      // Bars longer than the axis are cut, and marked.
      if (value > end)
        parts.push(`<rect x="${x(end) - 14}" y="${y - 1}" width="4" height="${barHeight}" fill="#fff"/>`);
      const note = line === undefined ? label : `${value.toFixed(value < 0.1 ? 3 : 2)} · ${label}`;
      parts.push(
        text(
          x(value) + 6,
          y + 9,
          note,
          'font-size="10" fill="#444" stroke="#fff" stroke-width="3" paint-order="stroke"',
        ),
      );
      y += barHeight;
    }
    y += groupGap;
  }
  const bottom = y - groupGap / 2;
  const marks = Array.from({ length: Math.floor(end / step + 1e-9) + 1 }, (_, index) => index * step);
  const grid = marks.flatMap((value) => [
    `<line x1="${x(value)}" y1="${top - 6}" x2="${x(value)}" y2="${bottom}" stroke="#ddd"/>`,
    text(
      x(value),
      bottom + 16,
      `${Number(value.toFixed(2))}${unit}`,
      'text-anchor="middle" font-size="10" fill="#666"',
    ),
  ]);
  if (line !== undefined) {
    grid.push(
      `<line x1="${x(line.value)}" y1="${top - 6}" x2="${x(line.value)}" y2="${bottom}" stroke="#222" stroke-width="1.5"/>`,
    );
    grid.push(text(x(line.value), top - 10, line.label, 'text-anchor="middle" font-size="10"'));
  }
  const keys = legend.flatMap(([name, color], index) => [
    `<rect x="${left + index * 170}" y="56" width="11" height="11" fill="${color}"/>`,
    text(left + index * 170 + 16, 66, name, 'font-size="11"'),
  ]);
  const width = left + plotWidth + right;
  const height = bottom + 30;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">
<title>${escapeMarkup(`${title}. ${subtitle}`)}</title>
<rect width="100%" height="100%" fill="#fff"/>
${[text(16, 24, title, 'font-size="15" font-weight="bold"'), text(16, 43, subtitle, 'fill="#555"'), ...keys, ...grid, ...parts].join("\n")}
</svg>
`;
}

function text(x: number, y: number, content: string, attributes: string): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${escapeMarkup(content)}</text>`;
}

function escapeMarkup(content: string): string {
  return content.replace(/&/g, "&amp;").replace(/</g, "&lt;");
}

const folder = resolve(import.meta.dirname, "results");
mkdirSync(folder, { recursive: true });
const render = readResults<readonly RenderResult[]>("render");
if (render !== undefined) writeFileSync(`${folder}/render-sharp.svg`, drawChart(chartRender(render)));
const server = readResults<ServerResults>("server");
if (server?.programs.iipsrv !== undefined) {
  writeFileSync(`${folder}/server-iipsrv.svg`, drawChart(chartServer(server)));
}
const cold = readResults<readonly ColdResult[]>("cold");
if (cold !== undefined) writeFileSync(`${folder}/cold-geotiff.svg`, drawChart(chartCold(cold)));
