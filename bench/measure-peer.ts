import { type LoadResult, runLoad, sumFailures } from "./load.ts";
import { forgetPeaks, usageOf } from "./processes.ts";
import type { Source } from "./sources.ts";
import { quantile } from "./statistics.ts";
import type { Peer } from "./workerd.ts";

/** One peer's figures for one case. */
export interface ServerResult {
  readonly peer: string;
  readonly source: string;
  readonly case: string;
  readonly connections: number;
  readonly requests: number;
  readonly failures: Readonly<Record<string, number>>;
  readonly requestsPerSecond: number;
  /** Milliseconds. */
  readonly median: number;
  readonly p95: number;
  readonly firstByte: number;
  /**
   * Processor time per request, in milliseconds, the median of the rounds: of the service alone, and including the proxy
   * before it.
   */
  readonly cpu: number;
  readonly cpuWithFront: number;
  readonly peakBytes: number;
  readonly bytes: number;
  /** Against the Lanczos3 reference, in dB. */
  readonly psnr?: number;
}

/** What is asked for in one measurement. */
export interface Asked {
  readonly source: Source;
  /** The case's name. */
  readonly name: string;
  /** Region, size, rotation, quality and format of different requests, which are made in turn. */
  readonly paths: readonly string[];
  readonly connections: number;
}

/** How long a measurement takes: rounds of `seconds`, after one that warms up and does not count. */
export interface Rounds {
  readonly count: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
}

/**
 * Measures each question to each peer, all of them in turns, so that what else the machine does is shared by all. Each
 * round makes at least one request at each connection. Returns a result for each question and peer. Throws when a peer has
 * ended, or answers nothing at all.
 */
export async function measureInTurns(
  asked: readonly { readonly peer: Peer; readonly asked: Asked }[],
  { count, seconds, warmUpSeconds }: Rounds,
): Promise<ServerResult[]> {
  const measured = asked.map((one) => ({ ...one, runs: [] as Run[] }));
  for (const { peer, asked } of measured) await run(peer, asked, warmUpSeconds);
  for (let round = 0; round < count; round++) {
    for (const { peer, asked, runs } of measured) runs.push(await run(peer, asked, seconds));
  }
  return measured.map(({ peer, asked, runs }) => resultOf(peer, asked, runs));
}

interface Run {
  readonly load: LoadResult;
  /** Of all requests, in milliseconds. */
  readonly cpu: number;
  readonly cpuWithFront: number;
  readonly peakBytes: number;
}

async function run(peer: Peer, { source, paths, connections }: Asked, seconds: number): Promise<Run> {
  for (const pid of peer.pids) forgetPeaks(pid);
  const before = peer.pids.map((pid) => usageOf(pid).cpuMilliseconds);
  const urls = paths.map((path) => peer.pathOf(source, path));
  const load = await runLoad({ port: peer.port, paths: urls, connections, seconds });
  const after = peer.pids.map(usageOf);
  const used = after.map(({ cpuMilliseconds }, index) => cpuMilliseconds - before[index]!);
  return {
    load,
    cpu: used[0]!,
    cpuWithFront: used.reduce((sum, milliseconds) => sum + milliseconds, 0),
    peakBytes: after.reduce((sum, { peakBytes }) => sum + peakBytes, 0),
  };
}

function resultOf(peer: Peer, { source, name, connections }: Asked, runs: readonly Run[]): ServerResult {
  const answered = runs.filter(({ load }) => load.latencies.length > 0);
  if (answered.length === 0) throw new Error(`${peer.name} answers nothing: ${source.name}, ${name}`);
  const latencies = runs.flatMap(({ load }) => load.latencies);
  const total = (figureOf: (run: Run) => number): number => runs.reduce((sum, run) => sum + figureOf(run), 0);
  const eachOf = (figureOf: (run: Run) => number): number =>
    quantile(
      answered.map((run) => figureOf(run) / run.load.latencies.length),
      0.5,
    );
  return {
    peer: peer.name,
    source: source.name,
    case: name,
    connections,
    requests: latencies.length,
    failures: sumFailures(runs.map(({ load }) => load)),
    requestsPerSecond: latencies.length / total(({ load }) => load.seconds),
    median: quantile(latencies, 0.5),
    p95: quantile(latencies, 0.95),
    firstByte: quantile(
      runs.flatMap(({ load }) => load.firstBytes),
      0.5,
    ),
    cpu: eachOf(({ cpu }) => cpu),
    cpuWithFront: eachOf(({ cpuWithFront }) => cpuWithFront),
    peakBytes: Math.max(...runs.map(({ peakBytes }) => peakBytes)),
    bytes: total(({ load }) => load.bytes) / latencies.length,
  };
}
