import type { ServerResult } from "./measure-peer.ts";
import type { MemoryResult } from "./memory.ts";
import type { RenderResult } from "./render.ts";
import type { ServerResults } from "./server.ts";
import { findSource, type Sampling } from "./sources.ts";
import { formatFigure, formatTable } from "./statistics.ts";

/** The results of all that there are targets for; what was not measured is left out. */
export interface Measurements {
  readonly server: ServerResults;
  readonly render: readonly RenderResult[];
  readonly memory: readonly MemoryResult[];
}

/** Most that our time may be of sharp's. */
const renderTargets: readonly (readonly [string, number])[] = [
  ["128", 0.3],
  ["1024", 0.7],
  ["4096", 0.6],
  ["full", 0.75],
  ["webp", 1.1],
  ["22.5°", 0.9],
];

/** Most that our CPU-ms a request may be of iipsrv's, for masters of YCbCr 4:2:0 and of RGB 4:4:4. */
const cpuTargets: readonly (readonly [string, Readonly<Record<Sampling, number>>])[] = [
  ["aligned tile", { "ycbcr-420": 1.5, "rgb-444": 1.5 }],
  ["viewer mix", { "ycbcr-420": 1.2, "rgb-444": 1.2 }],
  ["128", { "ycbcr-420": 1.2, "rgb-444": 1.2 }],
  ["unaligned tile", { "ycbcr-420": 0.8, "rgb-444": 0.8 }],
  ...["1024", "3000", "4096", "full"].map((name) => [name, { "ycbcr-420": 0.5, "rgb-444": 0.65 }] as const),
];

/** Cases whose distance from the platform's own floor is told: they are little more than it. */
const casesByFloor = ["aligned tile", "viewer mix"];

/** Least that our requests a second of stored tiles may be of iipsrv's. */
const tileRateTarget = 1.5;

/** Most that a thumbnail may cost more on the largest master than on the smallest. */
const growthTarget = 1.1;

/** Below this the isolate should stay, in MB, while the whole of the largest master is drawn. */
const memoryTarget = 96;

const samplings = ["ycbcr-420", "rgb-444"] as const;

/** A line of the table: its cells for YCbCr 4:2:0 and for RGB 4:4:4. */
interface Row {
  readonly what: string;
  readonly against: string;
  readonly toReach: string;
  readonly cells: readonly [string, string];
}

/** Tabulates targets next to measurements, as the range over all masters of each sampling. */
export function tabulateTargets({ server, render, memory }: Measurements): string {
  const rows = [
    ...cpuTargets.map(([name, most]) => cpuRow(server, name, most)),
    ...casesByFloor.map((name) => floorRow(server, name)),
    psnrRow(server),
    ...rateRows(server),
    growthRow(server),
    ...renderTargets.map(([name, most]) => renderRow(render, name, most)),
    memoryRow(memory),
    failureRow(server),
  ];
  return formatTable([
    ["what", "against", "to reach", "YCbCr 4:2:0", "RGB 4:4:4"],
    ...rows
      .filter(({ cells }) => cells.some((cell) => cell !== ""))
      .map(({ what, against, toReach, cells }) => [what, against, toReach, ...cells]),
  ]);
}

function cpuRow({ requests }: ServerResults, name: string, most: Readonly<Record<Sampling, number>>): Row {
  const [ofYcbcr, ofRgb] = [most["ycbcr-420"], most["rgb-444"]];
  return {
    what: `${name}, CPU-ms`,
    against: "iipsrv",
    toReach: ofYcbcr === ofRgb ? `<= ${ofYcbcr}` : `<= ${ofYcbcr}; <= ${ofRgb}`,
    cells: bySampling((sampling) => {
      const pairs = pairsOf(requests).filter(([ours]) => isOf(ours, name, sampling));
      return formatRange(pairs.map(([ours, other]) => ours.cpu / other.cpu));
    }),
  };
}

/** How many times what workerd itself takes to read as many bytes and answer. */
function floorRow({ floors, requests }: ServerResults, name: string): Row {
  const floor = floors.find(({ peer }) => peer === "read");
  return {
    what: `${name}, CPU-ms`,
    against: "a Worker that reads and answers",
    toReach: "",
    cells: bySampling((sampling) => {
      const ours = requests.filter((result) => result.peer === "tessera" && isOf(result, name, sampling));
      return formatRange(ours.map(({ cpu }) => cpu / (floor?.cpu ?? Number.NaN)));
    }),
  };
}

/** The least over all cases, of which a copied tile has all pixels right. */
function psnrRow({ requests }: ServerResults): Row {
  return {
    what: "PSNR above the other's, least of all cases, dB",
    against: "iipsrv",
    toReach: ">= 0",
    cells: bySampling((sampling) => {
      const gains = pairsOf(requests)
        .filter(([ours]) => findSource(ours.source).sampling === sampling)
        .flatMap(([ours, other]) =>
          ours.psnr === undefined || other.psnr === undefined ? [] : [ours.psnr - other.psnr],
        );
      return gains.length === 0 ? "" : Math.min(...gains).toFixed(2);
    }),
  };
}

function rateRows({ load }: ServerResults): Row[] {
  return pairsOf(load)
    .filter(([ours]) => ours.case === "aligned tile" && ours.connections <= 100)
    .map(([ours, other]) => ({
      what: `aligned tile, requests a second, ${ours.connections} connections`,
      against: "iipsrv",
      toReach: `>= ${tileRateTarget}`,
      cells: bySampling((sampling) =>
        isOf(ours, ours.case, sampling) ? formatRange([ours.requestsPerSecond / other.requestsPerSecond]) : "",
      ),
    }));
}

function growthRow({ growth }: ServerResults): Row {
  const ours = growth.filter(({ peer, case: name }) => peer === "tessera" && name === "128");
  const [least, most] = [ours[0], ours.at(-1)];
  const ratio = least === undefined || most === undefined ? "" : formatRange([most.cpu / least.cpu]);
  const megapixelsOf = (result: ServerResult | undefined): string => result?.source.split("mp")[0] ?? "";
  return {
    what: `128, CPU-ms, ${megapixelsOf(most)} megapixels`,
    against: `${megapixelsOf(least)} megapixels`,
    toReach: `<= ${growthTarget}`,
    cells: [ratio, ""],
  };
}

function renderRow(render: readonly RenderResult[], name: string, most: number): Row {
  return {
    what: `${name}, time`,
    against: "sharp, one thread",
    toReach: `<= ${most}`,
    cells: bySampling((sampling) =>
      formatRange(render.filter((result) => isOf(result, name, sampling)).map(({ ratio }) => ratio)),
    ),
  };
}

function memoryRow(memory: readonly MemoryResult[]): Row {
  const whole = memory.find(({ source, case: name }) => name === "full" && source.startsWith("500mp"));
  return {
    what: `memory of the isolate, full of 500 megapixels, most of ${whole?.runs} runs, MB`,
    against: "",
    toReach: `< ${memoryTarget}`,
    cells: [whole === undefined ? "" : formatFigure(whole.allBytes / 1e6), ""],
  };
}

function failureRow({ load }: ServerResults): Row {
  const failures = load.filter(({ peer }) => peer === "tessera").flatMap((result) => Object.values(result.failures));
  const most = Math.max(...load.map(({ connections }) => connections));
  return {
    what: `failures, up to ${most} connections`,
    against: "",
    toReach: "0",
    cells: ["", String(failures.reduce((sum, count) => sum + count, 0))],
  };
}

/** Each result of ours with iipsrv's for the same question; none if that was left out. */
export function pairsOf(results: readonly ServerResult[]): (readonly [ServerResult, ServerResult])[] {
  return results
    .filter(({ peer }) => peer === "tessera")
    .flatMap((ours) => {
      const other = results.find(
        ({ peer, source, case: name, connections }) =>
          peer === "iipsrv" && source === ours.source && name === ours.case && connections === ours.connections,
      );
      return other === undefined ? [] : [[ours, other] as const];
    });
}

function isOf(result: { readonly source: string; readonly case: string }, name: string, sampling: Sampling): boolean {
  return result.case === name && findSource(result.source).sampling === sampling;
}

function bySampling(cellOf: (sampling: Sampling) => string): [string, string] {
  return [cellOf(samplings[0]), cellOf(samplings[1])];
}

function formatRange(ratios: readonly number[]): string {
  if (ratios.length === 0) return "";
  const [least, most] = [Math.min(...ratios).toFixed(2), Math.max(...ratios).toFixed(2)];
  return least === most ? least : `${least} to ${most}`;
}
