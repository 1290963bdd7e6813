// Measures the service over HTTP: the Worker's bundle under workerd next to iipsrv and to the library of serverless-iiif, one
// core for the server, another for the load, loopback only, caches off. IIPSRV names a binary of iipsrv, else it is Debian's.
// Prints tables, writes build/bench/server.json; takes about six minutes. Run: npm run bench:server, or node
// bench/server.ts [SECONDS], of each of the rounds.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { keepAnswers, measureAnswers } from "./answers.ts";
import { findCase, fittedPath, viewerMix } from "./cases.ts";
import { jpegQuality } from "./engine.ts";
import { startIiifProcessor } from "./iiif-processor.ts";
import { missingForIipsrv, startIipsrv } from "./iipsrv.ts";
import { type Asked, measureInTurns, type Rounds, type ServerResult } from "./measure-peer.ts";
import { isInstalled } from "./processes.ts";
import { benchFolder, findSource, hugeSource, pathOf, type Source, sources } from "./sources.ts";
import { formatFigure, formatTable } from "./statistics.ts";
import { type Peer, startWorkerd } from "./workerd.ts";

/** What this script writes. */
export interface ServerResults {
  /** What each peer is, with its version. */
  readonly programs: Readonly<Record<string, string>>;
  /** The cost in workerd of a read, and of a look-up and a put besides, without any work of the service's. */
  readonly floors: readonly ServerResult[];
  /** At one connection: two hide part of the cost of waking up. */
  readonly requests: readonly ServerResult[];
  /** The whole of one master in sizes from the smallest to the largest; the case is the longer side, in pixels. */
  readonly outputs: readonly ServerResult[];
  /** What grows with the master, from the smallest to the largest. */
  readonly growth: readonly ServerResult[];
  /** The tiles of viewers, with more and more connections. */
  readonly mix: readonly ServerResult[];
  readonly load: readonly ServerResult[];
}

const seconds = Number(process.argv[2] ?? 0.3);
const serverCore = 0;
const loadCore = 1;
const ports = { tessera: 18_791, iipsrv: 18_793, keptIipsrv: 18_794, keeping: 18_795, iiifProcessor: 18_797 };
const rounds: Rounds = { count: 3, seconds, warmUpSeconds: seconds / 2 };
/** The library takes a hundred times as long as the others. */
const libraryRounds: Rounds = { ...rounds, count: 1 };
/** By then all has been asked for. */
const loadRounds: Rounds = { ...rounds, warmUpSeconds: 0 };

const requestCases = ["aligned tile", "viewer mix", "unaligned tile", "128", "1024", "3000", "4096", "full"];
/** What iipsrv answers by copying, so that reading the directories is half of its work: with these kept too. */
const copiedCases = ["aligned tile", "viewer mix"];
/** What the service would look for in its cache and put there, next to drawing it. */
const keptCases = ["1024", "full"];
const requestSources = sources.filter((source) => source !== sources.at(-1));

/** Up to 16 megapixels. */
const outputSides = [64, 128, 256, 512, 1024, 2048, 4651];
const outputSource = findSource("123mp-ycbcr-420");

const growthCases = ["aligned tile", "unaligned tile", "128", "1024"];
const growthSources = [...sources, hugeSource].filter(
  (source) => source.sampling === "ycbcr-420" && (source !== hugeSource || existsSync(pathOf(source))),
);

const mixSources = ["40mp-ycbcr-420", "40mp-rgb-444"].map(findSource);
const mixConnections = [1, 10, 100];

const loadSource = findSource("123mp-rgb-444");
/** With a thousand connections only failures are looked for: cases that are answered in milliseconds. */
const loads = [
  { connections: 10, cases: ["aligned tile", "1024", "128", "4096"] },
  { connections: 100, cases: ["aligned tile", "1024", "128"] },
  { connections: 1000, cases: ["aligned tile", "128"] },
];

/** Different tiles that are asked for in turn. */
const tileCount = 256;

if (!isInstalled("taskset") || cpus().length < 2) throw new Error("two cores and taskset are needed");
for (const source of sources) {
  if (!existsSync(pathOf(source))) throw new Error(`${pathOf(source)} is missing: run bench/make-sources.ts`);
}
execFileSync("taskset", ["-apc", String(loadCore), String(process.pid)], { stdio: "ignore" });
mkdirSync(benchFolder, { recursive: true });
const peers: Peer[] = [await startWorkerd(ports.tessera, serverCore, { keeps: false })];
/** Next to `peers`, for pictures alone. */
const keeping = await startWorkerd(ports.keeping, serverCore, { name: "tessera, pictures kept" });
const library = await startIiifProcessor(ports.iiifProcessor, serverCore, jpegQuality);
/** Next to `peers`, for tiles alone. */
const tilePeers: Peer[] = [];
const stop = (): void => {
  for (const peer of [...peers, ...tilePeers, keeping, library]) peer.stop();
};
try {
  const missing = missingForIipsrv();
  if (missing.length === 0) {
    const choice = { core: serverCore, quality: jpegQuality };
    peers.push(await startIipsrv({ ...choice, name: "iipsrv", port: ports.iipsrv, keptMasters: 0 }));
    const name = "iipsrv, directories kept";
    tilePeers.push(await startIipsrv({ ...choice, name, port: ports.keptIipsrv, keptMasters: 1000 }));
  } else console.log(`iipsrv is left out: ${missing.join(", ")} not installed`);
  const programs = Object.fromEntries(
    [...peers, ...tilePeers, keeping, library].map(({ name, program }) => [name, program]),
  );
  console.log(programs);
  const floors = await measureFloors(peers[0]!);
  const growth = await measureGrowth();
  const outputs = await measureOutputs();
  const mix = await measureMix();
  const load = await measureLoad();
  const requests = await measureRequests();
  stop();
  const compared = await measureAnswers(requests);
  const results: ServerResults = { programs, floors, requests: compared, outputs, growth, mix, load };
  writeFileSync(`${benchFolder}/server.json`, JSON.stringify(results, undefined, 2));
  const tables = { floors, requests: compared, outputs, growth, mix, load };
  for (const [name, table] of Object.entries(tables)) console.log(`\n${name}\n${tableOf(table)}`);
} finally {
  stop();
}

/** A tile's bytes by a Worker without a service. */
async function measureFloors(service: Peer): Promise<ServerResult[]> {
  const range = `${loadSource.name}.tif/1000000/30000`;
  const floorOf = (name: string, kind: string) => ({
    peer: { ...service, name, port: service.port + 1, pathOf: (_: Source, path: string) => path },
    asked: { source: loadSource, name: "floor", paths: [`/${kind}/${range}`], connections: 1 },
  });
  return await measureInTurns([floorOf("read", "read"), floorOf("read, look-up, put", "floor")], rounds);
}

async function measureRequests(): Promise<ServerResult[]> {
  const results: ServerResult[] = [];
  for (const source of requestSources) {
    for (const name of requestCases) {
      const paths = pathsOf(source, name);
      if (paths.length === 0) continue;
      const others = [...(copiedCases.includes(name) ? tilePeers : []), ...(keptCases.includes(name) ? [keeping] : [])];
      results.push(...(await measureOne({ source, name, paths, connections: 1 }, [...peers, ...others])));
      if (name !== viewerMix.name) await keepAnswers(peers, source, name);
    }
    console.log(`requests of ${source.name} done`);
  }
  return results;
}

async function measureOutputs(): Promise<ServerResult[]> {
  const results: ServerResult[] = [];
  for (const side of outputSides) {
    const paths = [fittedPath(outputSource, side)!];
    results.push(...(await measureOne({ source: outputSource, name: String(side), paths, connections: 1 }, peers)));
  }
  return results;
}

/** All masters in turns, for what is looked for is the difference between them. */
async function measureGrowth(): Promise<ServerResult[]> {
  const results: ServerResult[] = [];
  for (const name of growthCases) {
    const asked = growthSources.map((source) => ({ source, name, paths: pathsOf(source, name), connections: 1 }));
    const all = asked.flatMap((one) => peers.map((peer) => ({ peer, asked: one })));
    results.push(...(await measureInTurns(all, rounds)));
  }
  return results;
}

async function measureMix(): Promise<ServerResult[]> {
  const results: ServerResult[] = [];
  for (const source of mixSources) {
    const paths = pathsOf(source, viewerMix.name);
    for (const connections of mixConnections) {
      const asked = { source, name: viewerMix.name, paths, connections };
      results.push(
        ...(await measureOne(asked, [...peers, ...tilePeers])),
        ...(await measureInTurns([{ peer: library, asked }], libraryRounds)),
      );
    }
  }
  return results;
}

async function measureLoad(): Promise<ServerResult[]> {
  const results: ServerResult[] = [];
  for (const { connections, cases } of loads) {
    for (const name of cases) {
      const asked = { source: loadSource, name, paths: pathsOf(loadSource, name), connections };
      results.push(
        ...(await measureInTurns(
          peers.map((peer) => ({ peer, asked })),
          loadRounds,
        )),
      );
    }
  }
  return results;
}

function measureOne(asked: Asked, asking: readonly Peer[]): Promise<ServerResult[]> {
  return measureInTurns(
    asking.map((peer) => ({ peer, asked })),
    rounds,
  );
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
