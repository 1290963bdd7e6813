// Writes the results in build/bench into the tables of bench/README.md, each between its two marks. Run: npm run bench:report.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { cases } from "./cases.ts";
import type { ColdResult } from "./cold.ts";
import type { MemoryResult } from "./memory.ts";
import type { RenderResult } from "./render.ts";
import type { ServerResult, ServerResults } from "./server.ts";
import { benchFolder, sources } from "./sources.ts";
import { formatFigure, formatSpread, formatTable } from "./statistics.ts";
import { tabulateTargets } from "./targets.ts";

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

function tabulateServer({ requests }: ServerResults): string {
  return matrixOf(
    requests.filter(({ peer }) => peer === "tessera"),
    (ours) => {
      const other = peerOf(requests, ours);
      if (other === undefined) return formatFigure(ours.cpu);
      return `**${formatRatio(ours.cpu / other.cpu)}** ${formatFigure(ours.cpu)} / ${formatFigure(other.cpu)}`;
    },
  );
}

function tabulateAnswers({ requests, floor }: ServerResults): string {
  const rows = requests.filter(({ source }) => source.startsWith(described));
  return formatTable([
    ["source", "case", "server", "CPU-ms", "with front", "a second", "median, ms", "first byte, ms", "kB", "PSNR"],
    ...[floor, ...rows].map((row) => [
      ...[row.source, row.case, row.peer, formatFigure(row.cpu), formatFigure(row.cpuWithFront)],
      ...[row.requestsPerSecond, row.median, row.firstByte, row.bytes / 1000].map(formatFigure),
      formatPsnr(row.psnr),
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
      "source",
      "case",
      "connections",
      "runs",
      "answered",
      "failures",
      "heap MB",
      "its pages MB",
      "buffers MB",
      "all MB",
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
  const rows = cases.filter(({ name }) => results.some((result) => result.case === name));
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

function peerOf(results: readonly ServerResult[], ours: ServerResult): ServerResult | undefined {
  return results.find(
    ({ peer, source, case: name }) => peer !== ours.peer && source === ours.source && name === ours.case,
  );
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

/** Puts the table of results between its marks; without results what stands there stays. */
function replaceTable<Results>(
  text: string,
  mark: string,
  file: string,
  tabulate: (results: Results) => string,
): string {
  const path = `${benchFolder}/${file}.json`;
  if (!existsSync(path)) {
    console.log(`${mark} is left out: ${path} is missing`);
    return text;
  }
  const [begin, end] = [`<!-- ${mark} -->`, "<!-- end -->"];
  const from = text.indexOf(begin);
  const to = text.indexOf(end, from);
  if (from === -1 || to === -1) throw new Error(`bench/README.md has no marks for ${mark}`);
  const table = tabulate(JSON.parse(readFileSync(path, "utf8")) as Results);
  return `${text.slice(0, from + begin.length)}\n${table}\n${text.slice(to)}`;
}

const readme = resolve(import.meta.dirname, "README.md");
let text = readFileSync(readme, "utf8");
text = replaceTable(text, "targets", "server", (server: ServerResults) => {
  const path = `${benchFolder}/render.json`;
  return tabulateTargets(existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : [], server);
});
text = replaceTable(text, "render", "render", tabulateRender);
text = replaceTable(text, "pixels", "render", tabulatePixels);
text = replaceTable(text, "server", "server", tabulateServer);
text = replaceTable(text, "answers", "server", tabulateAnswers);
text = replaceTable(text, "load", "server", tabulateLoad);
text = replaceTable(text, "cold", "cold", tabulateCold);
text = replaceTable(text, "memory", "memory", tabulateMemory);
writeFileSync(readme, text);
