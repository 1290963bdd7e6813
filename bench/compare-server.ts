// Measures the Worker of this checkout against that of another one under workerd, A against B in one run: turns of 200
// requests on one connection, processor time a request of each, next to a Worker that only reads and answers, and to
// iipsrv where it is installed. Run: npx -c "node bench/compare-server.ts OTHER [ROUNDS [CASE...]]", where OTHER is the
// folder of another checkout after npm install and npm run build, and cases are those of bench/cases.ts: what viewers ask
// for by the hundred unless they are named. Linux with taskset.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { findCase } from "./cases.ts";
import { jpegQuality } from "./engine.ts";
import { missingForIipsrv, startIipsrv } from "./iipsrv.ts";
import { runLoad } from "./load.ts";
import { findSource, type Source } from "./sources.ts";
import { formatFigure, formatTable, quantile } from "./statistics.ts";
import * as here from "./workerd.ts";

type Workerd = typeof here;

const sourceNames = ["123mp-rgb-444", "123mp-ycbcr-420"];
const ports = { here: 18_811, there: 18_821, iipsrv: 18_831 };
const serverCore = 0;
const loadCore = 1;
const requestsOfTurn = 200;
const tileCount = 64;
const usualCases = ["aligned tile", "viewer mix", "128", "unaligned tile", "edge tile"];

const [, , other = "", rounds = "24", ...named] = process.argv;
const cases = named.length === 0 ? usualCases : named;
if (other === "") throw new Error("name the folder of another checkout");
execFileSync("taskset", ["-apc", String(loadCore), String(process.pid)], { stdio: "ignore" });
const there: Workerd = await import(resolve(other, "bench/workerd.ts"));
const ours = await here.startWorkerd(ports.here, serverCore);
const peers: here.Peer[] = [ours, { ...(await there.startWorkerd(ports.there, serverCore)), name: "other" }];
const floorPath = (source: Source): string => `/read/${source.name}.tif/1000000/30000`;
peers.push({ ...ours, name: "floor", port: ours.port + 1, pathOf: floorPath, stop: () => undefined });
try {
  if (missingForIipsrv().length === 0) {
    const choice = { port: ports.iipsrv, core: serverCore, quality: jpegQuality };
    peers.push(await startIipsrv({ name: "iipsrv", ...choice, keptMasters: 0 }));
  }
  const rows = [["source", "case", "peer", "CPU-ms, least", "lower quartile", "median", "upper quartile"]];
  for (const source of sourceNames.map(findSource)) {
    for (const name of cases) {
      for (const [peer, values] of await measureCase(source, name)) {
        const figures = [0, 0.25, 0.5, 0.75].map((share) => formatFigure(quantile(values, share)));
        rows.push([source.name, name, peer.name, ...figures]);
      }
    }
  }
  console.log(formatTable(rows));
} finally {
  for (const peer of peers) peer.stop();
}

/** Returns the processor time a request of each turn, after one that does not count. */
async function measureCase(source: Source, name: string): Promise<ReadonlyMap<here.Peer, readonly number[]>> {
  const asked = Array.from({ length: tileCount }, (_, index) => findCase(name).path(source, index));
  const requests = [...new Set(asked.filter((path) => path !== undefined))];
  const figures = new Map(peers.map((peer) => [peer, [] as number[]]));
  const pathsOf = (peer: here.Peer): string[] => requests.map((path) => peer.pathOf(source, path));
  for (const peer of peers) await measureTurn(peer, pathsOf(peer));
  for (let round = 0; round < Number(rounds); round += 1) {
    const order = round % 2 === 0 ? peers : peers.toReversed();
    for (const peer of order) figures.get(peer)?.push(await measureTurn(peer, pathsOf(peer)));
  }
  return figures;
}

/** Returns the processor time a request, in milliseconds. Throws where one is not answered. */
async function measureTurn(peer: here.Peer, paths: readonly string[]): Promise<number> {
  const [pid = 0] = peer.pids;
  const before = nanosecondsOf(pid);
  const { latencies, failures } = await runLoad({
    ...{ port: peer.port, paths, connections: 1, seconds: 60, most: requestsOfTurn },
  });
  if (Object.keys(failures).length > 0) throw new Error(`${peer.name}: ${JSON.stringify(failures)}`);
  return (nanosecondsOf(pid) - before) / 1e6 / latencies.length;
}

/** What the threads of a process have used, finer than the ticks of its sum. Source: kernel, sched-stats. */
function nanosecondsOf(pid: number): number {
  const usedBy = (thread: string): number =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "latin1").split(" ", 1)[0]);
  return readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => sum + usedBy(thread), 0);
}
