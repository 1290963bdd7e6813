import type { RenderResult } from "./render.ts";
import type { ServerResult, ServerResults } from "./server.ts";
import { findSource, type Sampling } from "./sources.ts";
import { formatTable } from "./statistics.ts";

/** Most that our time may be of sharp's. */
const renderTargets: readonly (readonly [string, number])[] = [
  ["128", 0.3],
  ["1024", 0.7],
  ["4096", 0.6],
  ["full", 0.75],
];

/** Most that our CPU-ms a request may be of iipsrv's. */
const serverTarget = 0.6;
const serverTargetCases = ["unaligned tile", "128", "1024", "3000", "4096", "full"];

/** Least that our requests a second of stored tiles may be of iipsrv's. */
const tileRateTarget = 2;

/** Most that a request may cost more on the largest master than on the smallest. */
const growthTarget = 1.2;
const growthCases = ["unaligned tile", "128"];

/** Tabulates targets next to measurements, as the range over all masters of each sampling. */
export function tabulateTargets(render: readonly RenderResult[], { requests, load }: ServerResults): string {
  const ours = requests.filter(({ peer }) => peer === "tessera");
  const cpuRatio = (result: ServerResult): number => result.cpu / (counterpart(requests, result)?.cpu ?? Number.NaN);
  const renderRows = renderTargets.map(([name, target]) => {
    const ratios = (sampling: Sampling): readonly number[] =>
      render.filter((result) => isOf(result, name, sampling)).map(({ ratio }) => ratio);
    return rowOf(`${name}, time`, "sharp, one thread", `<= ${target}`, [ratios("ycbcr-420"), ratios("rgb-444")]);
  });
  const serverRows = serverTargetCases.map((name) => {
    const ratios = (sampling: Sampling): readonly number[] =>
      ours.filter((result) => isOf(result, name, sampling)).map(cpuRatio);
    return rowOf(`${name}, CPU-ms`, "iipsrv", `<= ${serverTarget}`, [ratios("ycbcr-420"), ratios("rgb-444")]);
  });
  const rates = load
    .filter(({ peer, case: name }) => peer === "tessera" && name === "aligned tile")
    .map((result) => {
      const ratio = result.requestsPerSecond / (counterpart(load, result)?.requestsPerSecond ?? Number.NaN);
      const what = `aligned tile, requests a second, ${result.connections} connections`;
      return rowOf(what, "iipsrv", `>= ${tileRateTarget}`, [[], [ratio]]);
    });
  const growth = growthCases.map((name) => {
    const cpuOf = (size: string): number =>
      ours.find(({ case: other, source }) => other === name && source === `${size}-ycbcr-420`)?.cpu ?? Number.NaN;
    const what = `${name}, CPU-ms, 500 megapixels`;
    return rowOf(what, "8 megapixels", `<= ${growthTarget}`, [[cpuOf("500mp") / cpuOf("8mp")], []]);
  });
  const head = ["what", "against", "to reach", "YCbCr 4:2:0", "RGB 4:4:4"];
  return formatTable([head, ...renderRows, ...serverRows, ...rates, ...growth, ...failureRows(load)]);
}

function failureRows(load: readonly ServerResult[]): string[][] {
  const counts = [...new Set(load.map(({ connections }) => connections))];
  return counts.map((connections) => {
    const failed = load
      .filter((result) => result.peer === "tessera" && result.connections === connections)
      .flatMap(({ failures }) => Object.values(failures));
    const sum = failed.reduce((total, count) => total + count, 0);
    return [`failures, ${connections} connections`, "", "0", "", String(sum)];
  });
}

function isOf(result: { readonly source: string; readonly case: string }, name: string, sampling: Sampling): boolean {
  return result.case === name && findSource(result.source).sampling === sampling;
}

function counterpart(results: readonly ServerResult[], ours: ServerResult): ServerResult | undefined {
  const { source, case: name, connections } = ours;
  return results.find(
    (other) =>
      other.peer !== ours.peer && other.source === source && other.case === name && other.connections === connections,
  );
}

function rowOf(what: string, against: string, target: string, ranges: readonly (readonly number[])[]): string[] {
  return [what, against, target, ...ranges.map(formatRange)];
}

function formatRange(ratios: readonly number[]): string {
  if (ratios.length === 0) return "";
  const [least, most] = [Math.min(...ratios).toFixed(2), Math.max(...ratios).toFixed(2)];
  return least === most ? least : `${least} to ${most}`;
}
