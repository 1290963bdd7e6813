// Measures what documents cost the service: the Worker as it is deployed, in workerd on one core, is asked for manifests
// and a collection, and the processor time of its whole process is divided by the answers. Prints a table.
// Run: npx -c "node bench/documents.ts".
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { collectionKey, formatCollection } from "../src/catalogue/collection.ts";
import { formatWork, workKey } from "../src/catalogue/work-record.ts";
import { makeCodex, makeHolding } from "./made-records.ts";
import { usageOf } from "./processes.ts";
import { sourcesFolder } from "./sources.ts";
import { formatFigure, formatTable, quantile } from "./statistics.ts";
import { startWorkerd } from "./workerd.ts";

const rounds = 9;
/** A clock tick of /proc is 10 ms: a round has to be long next to it. */
const asksARound = 20;
const [serverCore, clientCore] = [0, 1];

function store(key: string, bytes: Uint8Array): void {
  const file = join(sourcesFolder, key);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
}

for (const count of [1, 200, 2000])
  store(workKey(`codex-${count}`), formatWork({ ...makeCodex(count), key: `codex-${count}` }));
store(collectionKey("plans"), formatCollection(makeHolding(10_000)));

const documents: readonly { readonly name: string; readonly path: string; readonly status?: number }[] = [
  ...[1, 200, 2000].flatMap((count) => [
    { name: `manifest of ${count} pages, 3.0`, path: `/presentation/3/codex-${count}/manifest` },
    { name: `manifest of ${count} pages, 2.1`, path: `/presentation/2/codex-${count}/manifest` },
  ]),
  { name: "manifest of 2000 pages, not changed (304)", path: "/presentation/3/codex-2000/manifest", status: 304 },
  { name: "collection of 10,000, 3.0", path: "/presentation/3/plans/collection" },
  { name: "a part of it, 3.0", path: "/presentation/3/plans/collection/part/A" },
  { name: "nothing but an answer: an unknown object", path: "/presentation/3/nothing/manifest", status: 404 },
];

execFileSync("taskset", ["-apc", String(clientCore), String(process.pid)], { stdio: "ignore" });
const service = await startWorkerd(8960, serverCore);
try {
  const [pid = 0] = service.pids;
  const lines: string[][] = [];
  for (const { name, path, status = 200 } of documents) {
    const url = `http://127.0.0.1:${service.port}${path}`;
    const first = await fetch(url);
    const length = (await first.bytes()).byteLength;
    const headers: Record<string, string> = status === 304 ? { "If-None-Match": first.headers.get("ETag") ?? "" } : {};
    const costs: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const before = usageOf(pid).cpuMilliseconds;
      for (let ask = 0; ask < asksARound; ask++) await (await fetch(url, { headers })).bytes();
      costs.push((usageOf(pid).cpuMilliseconds - before) / asksARound);
    }
    const last = await fetch(url, { headers });
    if (last.status !== status) throw new Error(`${path} was answered with ${last.status}`);
    lines.push([
      name,
      String(status),
      `${Math.round(length / 1000)} kB`,
      formatFigure(Math.min(...costs)),
      formatFigure(quantile(costs, 0.5)),
    ]);
  }
  console.log(formatTable([["document", "status", "JSON", "least, CPU-ms", "median, CPU-ms"], ...lines]));
} finally {
  service.stop();
}
