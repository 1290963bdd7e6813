// Measures the service over HTTP: the Worker's bundle under workerd next to iipsrv, one core for the server, another
// for the load, loopback only, caches off. Prints tables, writes build/bench/server.json; takes about six minutes. Run:
// npm run bench:server, or node bench/server.ts [SECONDS].
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { keepAnswers, measureAnswers } from "./answers.ts";
import { findCase } from "./cases.ts";
import { jpegQuality } from "./engine.ts";
import { missingForIipsrv, startIipsrv } from "./iipsrv.ts";
import { type LoadResult, runLoad } from "./load.ts";
import { forgetPeaks, isInstalled, usageOf } from "./processes.ts";
import { benchFolder, findSource, pathOf, type Source, sources } from "./sources.ts";
import { formatFigure, formatTable, quantile } from "./statistics.ts";
import { type Peer, startWorkerd } from "./workerd.ts";

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
  /** Processor time per request, in milliseconds: of the service alone, and including the proxy before it. */
  readonly cpu: number;
  readonly cpuWithFront: number;
  readonly peakBytes: number;
  readonly bytes: number;
  /** Against the Lanczos3 reference, in dB. */
  readonly psnr?: number;
}

/** What this script writes. */
export interface ServerResults {
  /** The cost in workerd of a read, a look-up and a put, without any work of the service's: part of its figures. */
  readonly floor: ServerResult;
  readonly requests: readonly ServerResult[];
  readonly load: readonly ServerResult[];
}

const seconds = Number(process.argv[2] ?? 0.7);
const serverCore = 0;
const loadCore = 1;
const ports = { tessera: 18_791, iipsrv: 18_793 };

const requestCases = ["aligned tile", "unaligned tile", "128", "1024", "3000", "4096", "full"];
/** Of the largest master only what shows that nothing grows with it. */
const casesOfLargest = ["aligned tile", "unaligned tile", "128", "1024"];
const requestConnections = 2;

const loadSource = findSource("123mp-rgb-444");
const loadCases = ["aligned tile", "1024", "128", "4096"];
const loadConnections = [10, 100];
/** Only failures are looked for with as many connections: cases that are answered in milliseconds. */
const crowd = { connections: 1000, cases: ["aligned tile", "128"] };
/** The slowest case is asked for no more often than this at each connection, so that the run ends. */
const mostPerConnection = 200;

/** Different tiles that are asked for in turn. */
const tileCount = 64;

if (!isInstalled("taskset") || cpus().length < 2) throw new Error("two cores and taskset are needed");
for (const source of sources) {
  if (!existsSync(pathOf(source))) throw new Error(`${pathOf(source)} is missing: run bench/make-sources.ts`);
}
execFileSync("taskset", ["-apc", String(loadCore), String(process.pid)], { stdio: "ignore" });
mkdirSync(benchFolder, { recursive: true });
const peers: Peer[] = [await startWorkerd(ports.tessera, serverCore)];
try {
  const missing = missingForIipsrv();
  if (missing.length === 0) peers.push(await startIipsrv(ports.iipsrv, serverCore, jpegQuality));
  else console.log(`iipsrv is left out: ${missing.join(", ")} not installed`);
  const floor = await measureFloor(peers[0]!);
  const requests = await measureRequests();
  const load = await measureLoad();
  for (const peer of peers) peer.stop();
  const compared = await measureAnswers(requests);
  writeFileSync(`${benchFolder}/server.json`, JSON.stringify({ floor, requests: compared, load }, undefined, 2));
  console.log(`\nFloor\n${tableOf([floor])}`);
  console.log(`\nRequests, ${requestConnections} connections\n${tableOf(compared)}`);
  console.log(`\nLoad, ${loadSource.name}\n${tableOf(load)}`);
} finally {
  for (const peer of peers) peer.stop();
}

/** A tile's bytes by a Worker without a service. */
async function measureFloor(service: Peer): Promise<ServerResult> {
  const peer = { ...service, name: "floor", port: service.port + 1, pathOf: (_: Source, path: string) => path };
  const path = `/floor/${loadSource.name}.tif/1000000/30000`;
  const load = { source: loadSource, paths: [path], connections: requestConnections, seconds };
  await run(peer, load);
  return resultOf(peer, loadSource, "floor", requestConnections, [await run(peer, load), await run(peer, load)]);
}

async function measureRequests(): Promise<ServerResult[]> {
  const results: ServerResult[] = [];
  for (const source of sources) {
    for (const name of source === sources.at(-1) ? casesOfLargest : requestCases) {
      const paths = pathsOf(source, name);
      if (paths.length === 0) continue;
      for (const peer of peers)
        await run(peer, { source, paths, connections: requestConnections, seconds: 0.4 * seconds });
      const rounds = new Map(peers.map((peer) => [peer, [] as Run[]]));
      for (let round = 0; round < 2; round++) {
        for (const peer of peers) {
          rounds.get(peer)!.push(await run(peer, { source, paths, connections: requestConnections, seconds }));
        }
      }
      for (const [peer, runs] of rounds) results.push(resultOf(peer, source, name, requestConnections, runs));
      await keepAnswers(peers, source, name);
    }
    console.log(`requests of ${source.name} done`);
  }
  return results;
}

async function measureLoad(): Promise<ServerResult[]> {
  const results: ServerResult[] = [];
  const measureOne = async (name: string, connections: number): Promise<void> => {
    const paths = pathsOf(loadSource, name);
    for (const peer of peers) {
      const load = { source: loadSource, paths, connections, seconds: 3 * seconds };
      results.push(resultOf(peer, loadSource, name, connections, [await run(peer, load)]));
    }
  };
  for (const connections of loadConnections) for (const name of loadCases) await measureOne(name, connections);
  for (const name of crowd.cases) await measureOne(name, crowd.connections);
  return results;
}

interface Run {
  readonly load: LoadResult;
  readonly cpu: number;
  readonly cpuWithFront: number;
  readonly peakBytes: number;
}

async function run(
  peer: Peer,
  {
    source,
    paths,
    connections,
    seconds,
  }: { source: Source; paths: readonly string[]; connections: number; seconds: number },
): Promise<Run> {
  for (const pid of peer.pids) forgetPeaks(pid);
  const before = peer.pids.map((pid) => usageOf(pid).cpuMilliseconds);
  const most = connections * mostPerConnection * 100;
  const urls = paths.map((path) => peer.pathOf(source, path));
  const load = await runLoad({ port: peer.port, paths: urls, connections, seconds, most });
  const after = peer.pids.map(usageOf);
  const used = after.map(({ cpuMilliseconds }, index) => cpuMilliseconds - before[index]!);
  return {
    load,
    cpu: used[0]!,
    cpuWithFront: used.reduce((sum, milliseconds) => sum + milliseconds, 0),
    peakBytes: after.reduce((sum, { peakBytes }) => sum + peakBytes, 0),
  };
}

function resultOf(peer: Peer, source: Source, name: string, connections: number, runs: readonly Run[]): ServerResult {
  const total = (figureOf: (run: Run) => number): number => runs.reduce((sum, run) => sum + figureOf(run), 0);
  const latencies = runs.flatMap(({ load }) => load.latencies);
  const failures: Record<string, number> = {};
  for (const { load } of runs) {
    for (const [kind, count] of Object.entries(load.failures)) failures[kind] = (failures[kind] ?? 0) + count;
  }
  return {
    peer: peer.name,
    source: source.name,
    case: name,
    connections,
    requests: latencies.length,
    failures,
    requestsPerSecond: latencies.length / total(({ load }) => load.seconds),
    median: quantile(latencies, 0.5),
    p95: quantile(latencies, 0.95),
    firstByte: quantile(
      runs.flatMap(({ load }) => load.firstBytes),
      0.5,
    ),
    cpu: total(({ cpu }) => cpu) / latencies.length,
    cpuWithFront: total(({ cpuWithFront }) => cpuWithFront) / latencies.length,
    peakBytes: Math.max(...runs.map(({ peakBytes }) => peakBytes)),
    bytes: total(({ load }) => load.bytes) / latencies.length,
  };
}

function pathsOf(source: Source, name: string): string[] {
  const asked = Array.from({ length: tileCount }, (_, index) => findCase(name).path(source, index));
  return [...new Set(asked.filter((path) => path !== undefined))];
}

function tableOf(results: readonly ServerResult[]): string {
  const head = ["source", "case", "connections", "peer", "CPU-ms", "with front", "a second", "median, ms", "p95, ms"];
  return formatTable([
    [...head, "first byte, ms", "peak MB", "kB", "PSNR", "answered", "failures"],
    ...results.map((result) => [
      result.source,
      result.case,
      String(result.connections),
      result.peer,
      formatFigure(result.cpu),
      formatFigure(result.cpuWithFront),
      formatFigure(result.requestsPerSecond),
      formatFigure(result.median),
      formatFigure(result.p95),
      formatFigure(result.firstByte),
      formatFigure(result.peakBytes / 1e6),
      formatFigure(result.bytes / 1000),
      result.psnr === undefined ? "-" : result.psnr >= 999 ? "exact" : result.psnr.toFixed(1),
      String(result.requests),
      Object.entries(result.failures)
        .map(([kind, count]) => `${count} x ${kind}`)
        .join(", ") || "0",
    ]),
  ]);
}
