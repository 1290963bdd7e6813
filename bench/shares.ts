// Tells where the processor time of drawn pictures goes under workerd: the Worker as it is deployed, without the cache, and
// without V8's tests of the bounds of WebAssembly's memory, in turns, next to the same pictures drawn in Node, which has
// guard pages instead. Run: npx -c "node bench/shares.ts [ROUNDS]". Linux with two cores and taskset.
import { execFileSync } from "node:child_process";
import { findCase } from "./cases.ts";
import { drawPlanned, openBenchMaster, openTools, planPath } from "./engine.ts";
import { runLoad } from "./load.ts";
import { usageOf } from "./processes.ts";
import { findSource, pathOf, type Source } from "./sources.ts";
import { formatFigure, formatTable, spreadOf } from "./statistics.ts";
import { type Peer, startWorkerd } from "./workerd.ts";

const [, , rounds = "9"] = process.argv;
const sourceNames = ["8mp-ycbcr-420", "8mp-rgb-444"];
const requestsOfTurn = { "1024": 20, full: 6 };
const serverCore = 0;
const loadCore = 1;

execFileSync("taskset", ["-apc", String(loadCore), String(process.pid)], { stdio: "ignore" });
const peers = [
  await startWorkerd(18_841, serverCore, { name: "as deployed" }),
  await startWorkerd(18_851, serverCore, { name: "nothing kept", keeps: false }),
  await startWorkerd(18_861, serverCore, {
    ...{ name: "and no tests of bounds", keeps: false, v8Flags: ["--no-wasm-bounds-checks"] },
  }),
];
const tools = openTools();
try {
  const rows = [["source", "case", ...peers.map(({ name }) => name), "in Node"]];
  for (const source of sourceNames.map(findSource)) {
    for (const [name, requests] of Object.entries(requestsOfTurn)) {
      const path = findCase(name).path(source, 0) ?? "";
      const sides = [
        ...peers.map((peer) => () => measureTurn(peer, peer.pathOf(source, path), requests)),
        () => drawTurn(source, path, requests),
      ];
      const figures = sides.map(() => [] as number[]);
      for (const side of sides) await side();
      for (let round = 0; round < Number(rounds); round += 1) {
        for (const [index, side] of sides.entries()) figures[index]?.push(await side());
      }
      rows.push([source.name, name, ...figures.map((values) => formatFigure(spreadOf(values).median))]);
    }
  }
  console.log(`CPU-ms a picture, medians\n${formatTable(rows)}`);
} finally {
  for (const peer of peers) peer.stop();
}

/** Returns the processor time a request, in milliseconds. Throws where one is not answered. */
async function measureTurn({ name, port, pids }: Peer, path: string, most: number): Promise<number> {
  const [pid = 0] = pids;
  const before = usageOf(pid).cpuMilliseconds;
  const { latencies, failures } = await runLoad({ port, paths: [path], connections: 1, seconds: 60, most });
  if (Object.keys(failures).length > 0) throw new Error(`${name}: ${JSON.stringify(failures)}`);
  return (usageOf(pid).cpuMilliseconds - before) / latencies.length;
}

/** Returns what a picture takes this process, in milliseconds. */
async function drawTurn(file: Source, path: string, count: number): Promise<number> {
  const { pyramid, source } = await openBenchMaster(pathOf(file));
  const before = process.cpuUsage();
  for (let drawn = 0; drawn < count; drawn += 1) await drawPlanned(tools, planPath(path, pyramid, source));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / count;
}
