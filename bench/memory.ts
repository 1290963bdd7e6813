// Measures the memory of the isolate that the Worker runs in: V8's own count, asked for every 20 ms through workerd's
// inspector while requests are answered one after another. Prints a table, writes build/bench/memory.json.
// Run: npm run bench:memory.
import { writeFileSync } from "node:fs";
import { findCase } from "./cases.ts";
import { type Load, type LoadResult, runLoad, sumFailures } from "./load.ts";
import { benchFolder, findSource } from "./sources.ts";
import { formatFigure, formatTable } from "./statistics.ts";
import { startWorkerd } from "./workerd.ts";

/** The most that was in use at once, in bytes. Source: Chrome DevTools Protocol, Runtime.getHeapUsage. */
export interface MemoryResult {
  readonly source: string;
  readonly case: string;
  readonly connections: number;
  readonly answered: number;
  readonly failures: Readonly<Record<string, number>>;
  /** Objects, and all pages of the heap that contain them. */
  readonly heapBytes: number;
  readonly heapPagesBytes: number;
  /** Buffers outside of the heap: what was read, kernel memory, encoded bytes. */
  readonly bufferBytes: number;
  /** Objects and buffers together, in each of the runs. */
  readonly togetherBytes: readonly number[];
}

const ports = { http: 18_795, inspector: 18_799 };
const seconds = 3;
const pollMilliseconds = 20;
/** The whole of the largest is asked for ten times: what is collected, and when, varies from one to the next. */
const measured = [
  {
    source: "123mp-rgb-444",
    cases: ["aligned tile", "128", "1024", "4096", "full"],
    connections: 1,
    runs: [{ seconds }],
  },
  { source: "123mp-rgb-444", cases: ["128", "4096"], connections: 10, runs: [{ seconds }] },
  {
    source: "500mp-ycbcr-420",
    cases: ["full"],
    connections: 1,
    runs: Array.from({ length: 10 }, () => ({ seconds, most: 1 })),
  },
] as const;

interface HeapUsage {
  readonly usedSize: number;
  readonly totalSize: number;
  readonly embedderHeapUsedSize: number;
  readonly backingStorageSize: number;
}

const peer = await startWorkerd(ports.http, 0, ports.inspector);
try {
  const inspector = await openInspector();
  const results: MemoryResult[] = [];
  for (const { source, cases, connections, runs } of measured) {
    for (const name of cases) results.push(await measure(inspector.heapUsage, { source, name, connections, runs }));
  }
  inspector.close();
  writeFileSync(`${benchFolder}/memory.json`, JSON.stringify(results, undefined, 2));
  console.log(
    formatTable([
      [
        ...["source", "case", "connections", "answered", "failures", "heap MB", "its pages MB", "buffers MB"],
        "together MB, runs",
      ],
      ...results.map((result) => [
        ...[result.source, result.case, String(result.connections), String(result.answered)],
        JSON.stringify(result.failures),
        ...[result.heapBytes, result.heapPagesBytes, result.bufferBytes].map((bytes) => formatFigure(bytes / 1e6)),
        result.togetherBytes.map((bytes) => formatFigure(bytes / 1e6)).join(", "),
      ]),
    ]),
  );
} finally {
  peer.stop();
}

interface Measured {
  readonly source: string;
  readonly name: string;
  readonly connections: number;
  readonly runs: readonly Pick<Load, "seconds" | "most">[];
}

async function measure(
  heapUsage: () => Promise<HeapUsage>,
  { source, name, connections, runs }: Measured,
): Promise<MemoryResult> {
  const asked = findSource(source);
  const paths = Array.from({ length: 32 }, (_, index) => peer.pathOf(asked, findCase(name).path(asked, index)!));
  const measuredRuns: { readonly load: LoadResult; readonly seen: readonly HeapUsage[] }[] = [];
  for (const run of runs) {
    measuredRuns.push(await seenDuring(heapUsage, runLoad({ port: peer.port, paths, connections, ...run })));
  }
  const mostOf = (seen: readonly HeapUsage[], figureOf: (usage: HeapUsage) => number): number =>
    Math.max(...seen.map(figureOf));
  const all = measuredRuns.flatMap(({ seen }) => seen);
  const objectsOf = ({ usedSize, embedderHeapUsedSize }: HeapUsage): number => usedSize + embedderHeapUsedSize;
  return {
    source,
    case: name,
    connections,
    answered: measuredRuns.reduce((sum, { load }) => sum + load.latencies.length, 0),
    failures: sumFailures(measuredRuns.map(({ load }) => load)),
    heapBytes: mostOf(all, objectsOf),
    heapPagesBytes: mostOf(all, ({ totalSize, embedderHeapUsedSize }) => totalSize + embedderHeapUsedSize),
    bufferBytes: mostOf(all, ({ backingStorageSize }) => backingStorageSize),
    togetherBytes: measuredRuns.map(({ seen }) => mostOf(seen, (usage) => objectsOf(usage) + usage.backingStorageSize)),
  };
}

/** Returns the load's outcome, and what the isolate was seen to have while it lasted. */
async function seenDuring(
  heapUsage: () => Promise<HeapUsage>,
  loading: Promise<LoadResult>,
): Promise<{ readonly load: LoadResult; readonly seen: readonly HeapUsage[] }> {
  const seen: HeapUsage[] = [];
  let isOver = false;
  const poll = async (): Promise<void> => {
    while (!isOver) {
      seen.push(await heapUsage());
      await new Promise((done) => setTimeout(done, pollMilliseconds));
    }
  };
  const polling = poll();
  const load = await loading;
  isOver = true;
  await polling;
  return { load, seen };
}

/** Returns what asks the isolate for its memory. Throws when the inspector is not there. */
async function openInspector(): Promise<{ readonly heapUsage: () => Promise<HeapUsage>; readonly close: () => void }> {
  const listed = (await (await fetch(`http://127.0.0.1:${ports.inspector}/json`)).json()) as {
    readonly id: string;
    readonly webSocketDebuggerUrl: string;
  }[];
  const target = listed.find(({ id }) => id.includes("tessera"));
  if (target === undefined) throw new Error("the inspector lists no service of ours");
  const socket = new WebSocket(target.webSocketDebuggerUrl);
  await new Promise((opened) => socket.addEventListener("open", opened));
  const waiting = new Map<number, (usage: HeapUsage) => void>();
  socket.addEventListener("message", ({ data }) => {
    const { id, result } = JSON.parse(String(data)) as { id?: number; result: HeapUsage };
    if (id !== undefined) waiting.get(id)?.(result);
  });
  let last = 0;
  const heapUsage = (): Promise<HeapUsage> =>
    new Promise((resolve) => {
      last += 1;
      waiting.set(last, resolve);
      socket.send(JSON.stringify({ id: last, method: "Runtime.getHeapUsage" }));
    });
  return { heapUsage, close: () => socket.close() };
}
