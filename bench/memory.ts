// Measures the memory of the isolate that the Worker runs in: V8's own count, asked for every 20 ms through workerd's
// inspector while requests are answered one after another. What is measured in runs has a fresh isolate in each, and the most
// of all runs is told. Prints a table, writes build/bench/memory.json.
// Run: npm run bench:memory.
import { writeFileSync } from "node:fs";
import {
  bytesInAll,
  type HeapUsage,
  type IsolateInspector,
  openInspector,
} from "../test/support/platform/isolate-inspector.ts";
import { findCase } from "./cases.ts";
import { runLoad, sumFailures } from "./load.ts";
import { benchFolder, findSource } from "./sources.ts";
import { formatFigure, formatTable } from "./statistics.ts";
import { startWorkerd } from "./workerd.ts";

/** The most that was in use at once, in bytes. Source: Chrome DevTools Protocol, Runtime.getHeapUsage. */
export interface MemoryResult {
  readonly source: string;
  readonly case: string;
  readonly connections: number;
  /** In how many isolates; undefined in one that answered the cases before too. */
  readonly runs: number | undefined;
  readonly answered: number;
  readonly failures: Readonly<Record<string, number>>;
  /** The pages of the heap and the buffers, at the same moment. */
  readonly allBytes: number;
  /** Objects, and all pages of the heap that contain them. */
  readonly heapBytes: number;
  readonly heapPagesBytes: number;
  /** Buffers outside of the heap: what was read, kernel memory, encoded bytes. */
  readonly bufferBytes: number;
}

/** Of the first isolate: it answers on this port, its floor on the next, its inspector on the one after. */
const firstPort = 18_795;
const seconds = 3;
const pollMilliseconds = 20;
const measured: readonly Measured[] = [
  ...["aligned tile", "128", "1024", "4096", "full"].map((name) => ({ source: "123mp-rgb-444", name, connections: 1 })),
  ...["128", "4096"].map((name) => ({ source: "123mp-rgb-444", name, connections: 10 })),
  { source: "500mp-ycbcr-420", name: "full", connections: 1, runs: 10 },
];

interface Measured {
  readonly source: string;
  readonly name: string;
  readonly connections: number;
  readonly runs?: number;
}

let nextPort = firstPort;
const results: MemoryResult[] = [];
await withIsolate(async (isolate) => {
  for (const one of measured) if (one.runs === undefined) results.push(await measure(isolate, one));
});
for (const one of measured) {
  if (one.runs === undefined) continue;
  const runs: MemoryResult[] = [];
  while (runs.length < one.runs) await withIsolate(async (isolate) => void runs.push(await measure(isolate, one)));
  results.push(runs.reduce(mostOf));
}
writeFileSync(`${benchFolder}/memory.json`, JSON.stringify(results, undefined, 2));
console.log(
  formatTable([
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
    ...results.map((result) => [
      ...[result.source, result.case, String(result.connections), String(result.runs ?? "")],
      ...[String(result.answered), JSON.stringify(result.failures)],
      ...[result.heapBytes, result.heapPagesBytes, result.bufferBytes, result.allBytes].map((bytes) =>
        formatFigure(bytes / 1e6),
      ),
    ]),
  ]),
);

/** A Worker that is asked, and its memory. */
interface Isolate extends Pick<IsolateInspector, "heapUsage"> {
  readonly peer: Awaited<ReturnType<typeof startWorkerd>>;
}

async function withIsolate(work: (isolate: Isolate) => Promise<void>): Promise<void> {
  const port = nextPort;
  // One that was stopped may hold its ports for a moment.
  nextPort += 3;
  const peer = await startWorkerd(port, 0, { inspectorPort: port + 2 });
  try {
    const inspector = await openInspector(port + 2);
    await work({ peer, heapUsage: inspector.heapUsage });
    inspector.close();
  } finally {
    peer.stop();
  }
}

function mostOf(one: MemoryResult, other: MemoryResult): MemoryResult {
  return {
    ...one,
    answered: one.answered + other.answered,
    failures: sumFailures([one, other]),
    allBytes: Math.max(one.allBytes, other.allBytes),
    heapBytes: Math.max(one.heapBytes, other.heapBytes),
    heapPagesBytes: Math.max(one.heapPagesBytes, other.heapPagesBytes),
    bufferBytes: Math.max(one.bufferBytes, other.bufferBytes),
  };
}

async function measure(
  { peer, heapUsage }: Isolate,
  { source, name, connections, runs }: Measured,
): Promise<MemoryResult> {
  const asked = findSource(source);
  const paths = Array.from({ length: 32 }, (_, index) => peer.pathOf(asked, findCase(name).path(asked, index)!));
  const seen: HeapUsage[] = [];
  let isOver = false;
  const poll = async (): Promise<void> => {
    while (!isOver) {
      seen.push(await heapUsage());
      await new Promise((done) => setTimeout(done, pollMilliseconds));
    }
  };
  const polling = poll();
  const { latencies, failures } = await runLoad({ port: peer.port, paths, connections, seconds, most: 10_000 });
  isOver = true;
  await polling;
  const most = (figureOf: (usage: HeapUsage) => number): number => Math.max(...seen.map(figureOf));
  const pages = ({ totalSize, embedderHeapUsedSize }: HeapUsage): number => totalSize + embedderHeapUsedSize;
  return {
    source,
    case: name,
    connections,
    runs,
    answered: latencies.length,
    failures,
    allBytes: most(bytesInAll),
    heapBytes: most(({ usedSize, embedderHeapUsedSize }) => usedSize + embedderHeapUsedSize),
    heapPagesBytes: most(pages),
    bufferBytes: most(({ backingStorageSize }) => backingStorageSize),
  };
}
