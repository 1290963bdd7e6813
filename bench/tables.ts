// Writes the results in build/bench into the tables of bench/README.md, each between its two marks. Run: npm run bench:report.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Size } from "../src/geometry.ts";
import { cases, fittedSize, viewerMix } from "./cases.ts";
import type { ColdResult } from "./cold.ts";
import type { MemoryResult } from "./memory.ts";
import type { RenderResult } from "./render.ts";
import type { ServerResults } from "./server.ts";
import { benchFolder, findSource, sources } from "./sources.ts";
import { formatFigure, formatSpread, formatTable } from "./statistics.ts";
import { type Measurements, pairsOf, tabulateTargets } from "./targets.ts";

/** The master whose figures are given in full. */
const described = "123mp";

function tabulateRender(results: readonly RenderResult[]): string {
  return matrixOf(results, ({ ratio, ours, sharp }) => {
    const [mine, other] = [ours, sharp].map(({ milliseconds }) => formatFigure(milliseconds.median));
    return `**${formatRatio(ratio)}** ${mine} / ${other}`;
  });
}

function tabulatePixels(results: readonly RenderResult[]): string {
  const compared = results.filter(({ source, psnr }) => source.startsWith(described) && psnr !== undefined);
  return formatTable([
    ["source", "case", "ms, quartiles", "sharp", "PSNR", "sharp", "kB", "sharp"],
    ...compared.map(({ source, case: name, ours, sharp, psnr }) => [
      ...[source, name, formatSpread(ours.milliseconds), formatSpread(sharp.milliseconds)],
      ...[formatPsnr(psnr?.ours), formatPsnr(psnr?.sharp)],
      ...[formatFigure(ours.bytes / 1000), formatFigure(sharp.bytes / 1000)],
    ]),
  ]);
}

function tabulatePrograms({ programs }: ServerResults): string {
  return formatTable([["server", "program"], ...Object.entries(programs)]);
}

function tabulateServer({ requests }: ServerResults): string {
  return matrixOf(
    pairsOf(requests).map(([ours, other]) => ({ source: ours.source, case: ours.case, ours, other })),
    ({ ours, other }) =>
      `**${formatRatio(ours.cpu / other.cpu)}** ${formatFigure(ours.cpu)} / ${formatFigure(other.cpu)}`,
  );
}

function tabulateAnswers({ requests, floors }: ServerResults): string {
  const rows = requests.filter(({ source }) => source.startsWith(described));
  return formatTable([
    ["source", "case", "server", "CPU-ms", "with front", "a second", "median, ms", "first byte, ms", "kB", "PSNR"],
    ...[...floors, ...rows].map((row) => [
      ...[row.source, row.case, row.peer, formatFigure(row.cpu), formatFigure(row.cpuWithFront)],
      ...[row.requestsPerSecond, row.median, row.firstByte, row.bytes / 1000].map(formatFigure),
      formatPsnr(row.psnr),
    ]),
  ]);
}

function tabulateOutputs({ outputs }: ServerResults): string {
  return formatTable([
    ["pixels", "megapixels", "CPU-ms", "iipsrv", "ratio", "CPU-ms a megapixel", "iipsrv"],
    ...pairsOf(outputs).map(([ours, other]) => {
      const { width, height }: Size = fittedSize(findSource(ours.source), Number(ours.case));
      const megapixels = (width * height) / 1e6;
      const costs = [ours.cpu, other.cpu].map(formatFigure);
      const each = [ours.cpu / megapixels, other.cpu / megapixels].map(formatFigure);
      return [`${width} x ${height}`, formatFigure(megapixels), ...costs, formatRatio(ours.cpu / other.cpu), ...each];
    }),
  ]);
}

/** A line for each case, a column for each master, and what the largest takes by what the smallest does. */
function tabulateGrowth({ growth }: ServerResults): string {
  const columns = [...new Set(growth.map(({ source }) => source))];
  const growthOf = (costs: readonly number[]): string =>
    formatRatio((costs.at(-1) ?? Number.NaN) / (costs[0] ?? Number.NaN));
  return formatTable([
    ["case", ...columns, "largest by smallest", "iipsrv"],
    ...[...new Set(growth.map((result) => result.case))].map((name) => {
      const pairs = pairsOf(growth).filter(([ours]) => ours.case === name);
      return [
        name,
        ...pairs.map(([ours, other]) => `${formatFigure(ours.cpu)} / ${formatFigure(other.cpu)}`),
        growthOf(pairs.map(([ours]) => ours.cpu)),
        growthOf(pairs.map(([, other]) => other.cpu)),
      ];
    }),
  ]);
}

function tabulateMix({ mix }: ServerResults): string {
  return formatTable([
    [
      "source",
      "connections",
      "server",
      "CPU-ms",
      "a second",
      "median, ms",
      "p95, ms",
      "peak MB",
      "answered",
      "failures",
    ],
    ...mix.map((row) => [
      ...[row.source, String(row.connections), row.peer],
      ...[row.cpu, row.requestsPerSecond, row.median, row.p95, row.peakBytes / 1e6].map(formatFigure),
      ...[String(row.requests), formatFailures(row.failures)],
    ]),
  ]);
}

function tabulateLoad({ load }: ServerResults): string {
  return formatTable([
    ["connections", "case", "server", "a second", "CPU-ms", "median, ms", "p95, ms", "peak MB", "answered", "failures"],
    ...load.map((row) => [
      ...[String(row.connections), row.case, row.peer],
      ...[row.requestsPerSecond, row.cpu, row.median, row.p95, row.peakBytes / 1e6].map(formatFigure),
      ...[String(row.requests), formatFailures(row.failures)],
    ]),
  ]);
}

function tabulateCold(results: readonly ColdResult[]): string {
  return formatTable([
    ["file", "request", "reader", "state", "first byte, ms", "reads", "in a row", "kB"],
    ...results.map(({ file, request, reader, state, firstByte, reads, depth, bytes }) => [
      ...[file, request, reader, state, formatFigure(firstByte)],
      ...[String(reads), String(depth), formatFigure(bytes / 1000)],
    ]),
  ]);
}

function tabulateMemory(results: readonly MemoryResult[]): string {
  return formatTable([
    [
      ...["source", "case", "connections", "runs", "answered", "failures"],
      ...["heap MB", "its pages MB", "buffers MB", "all MB"],
    ],
    ...results.map((row) => [
      ...[row.source, row.case, String(row.connections), String(row.runs ?? "")],
      ...[String(row.answered), formatFailures(row.failures)],
      ...[row.heapBytes, row.heapPagesBytes, row.bufferBytes, row.allBytes].map((bytes) => formatFigure(bytes / 1e6)),
    ]),
  ]);
}

/** A line for each case and a column for each source. */
function matrixOf<Result extends { readonly source: string; readonly case: string }>(
  results: readonly Result[],
  cellOf: (result: Result) => string,
): string {
  const columns = sources.filter(({ name }) => results.some(({ source }) => source === name));
  const rows = [...cases, viewerMix].filter(({ name }) => results.some((result) => result.case === name));
  return formatTable([
    ["case", ...columns.map(({ name }) => name)],
    ...rows.map(({ name }) => [
      name,
      ...columns.map((source) => {
        const found = results.find((result) => result.case === name && result.source === source.name);
        return found === undefined ? "" : cellOf(found);
      }),
    ]),
  ]);
}

function formatRatio(ratio: number): string {
  return ratio.toFixed(ratio < 0.1 ? 3 : 2);
}

function formatPsnr(decibels: number | undefined): string {
  if (decibels === undefined) return "";
  return decibels >= 999 ? "exact" : decibels.toFixed(1);
}

function formatFailures(failures: Readonly<Record<string, number>>): string {
  const listed = Object.entries(failures).map(([kind, count]) => `${count} x ${kind}`);
  return listed.join(", ") || "0";
}

/** Reads what a benchmark wrote; undefined, with a message, if it has not been run. */
function readResults<Results>(file: string): Results | undefined {
  const path = `${benchFolder}/${file}.json`;
  if (existsSync(path)) return JSON.parse(readFileSync(path, "utf8")) as Results;
  console.log(`${file} is left out: ${path} is missing`);
  return undefined;
}

/** Puts a table between its marks; without results what stands there stays. */
function replaceTable<Results>(
  text: string,
  mark: string,
  results: Results | undefined,
  tabulate: (results: Results) => string,
): string {
  if (results === undefined) return text;
  const [begin, end] = [`<!-- ${mark} -->`, "<!-- end -->"];
  const from = text.indexOf(begin);
  const to = text.indexOf(end, from);
  if (from === -1 || to === -1) throw new Error(`bench/README.md has no marks for ${mark}`);
  return `${text.slice(0, from + begin.length)}\n${tabulate(results)}\n${text.slice(to)}`;
}

const readme = resolve(import.meta.dirname, "README.md");
const ofServers = readResults<ServerResults>("server");
const isCompared = ofServers?.programs.iipsrv !== undefined;
if (ofServers !== undefined && !isCompared) console.log("server is left out: iipsrv was not measured");
const server = isCompared ? ofServers : undefined;
const render = readResults<readonly RenderResult[]>("render");
const memory = readResults<readonly MemoryResult[]>("memory");
const cold = readResults<readonly ColdResult[]>("cold");
const measured: Measurements | undefined = server && { server, render: render ?? [], memory: memory ?? [] };
let text = readFileSync(readme, "utf8");
text = replaceTable(text, "targets", measured, tabulateTargets);
text = replaceTable(text, "render", render, tabulateRender);
text = replaceTable(text, "pixels", render, tabulatePixels);
text = replaceTable(text, "programs", server, tabulatePrograms);
text = replaceTable(text, "server", server, tabulateServer);
text = replaceTable(text, "answers", server, tabulateAnswers);
text = replaceTable(text, "outputs", server, tabulateOutputs);
text = replaceTable(text, "growth", server, tabulateGrowth);
text = replaceTable(text, "mix", server, tabulateMix);
text = replaceTable(text, "load", server, tabulateLoad);
text = replaceTable(text, "cold", cold, tabulateCold);
text = replaceTable(text, "memory", memory, tabulateMemory);
writeFileSync(readme, text);
