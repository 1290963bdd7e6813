// Measures what a manifest of 2,000 pages and a collection of 10,000 objects cost: processor time of each step, bytes of
// record and document, and the memory that all of it takes at once.
// Run: npx -c "node --expose-gc bench/presentation.ts"
import { type Collection, formatCollection as formatRecord, parseCollection } from "../src/catalogue/collection.ts";
import type { Work } from "../src/catalogue/work.ts";
import { formatWork, parseWork } from "../src/catalogue/work-record.ts";
import { digest } from "../src/digest.ts";
import type { Addresses } from "../src/presentation/addresses.ts";
import { formatCollection, formatPart } from "../src/presentation/collection.ts";
import { partsOf } from "../src/presentation/collection-parts.ts";
import { formatManifest } from "../src/presentation/manifest.ts";
import { formatCollectionV2 } from "../src/presentation/v2/collection.ts";
import { formatManifestV2 } from "../src/presentation/v2/manifest.ts";
import { makeCodex, makeHolding } from "./made-records.ts";

const rounds = 41;
const addresses: Addresses = {
  base: "https://iiif.example.org",
  imagePrefix: "/iiif",
  limits: { maxWidth: 20_000, maxHeight: 20_000, maxArea: 25_000_000 },
};

/** What a request does with a record. */
interface Way<Record> {
  readonly bytes: Uint8Array;
  readonly parse: (bytes: Uint8Array) => Record;
  readonly render: (record: Record) => unknown;
}

/** Processor time of this thread so far: what else the machine does is not in it. */
function threadMilliseconds(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

const steps = ["etag", "parse", "render", "stringify", "encode"] as const;
type Times = Record<(typeof steps)[number], number>;

/** Goes the way of a request once; returns what each step took, in milliseconds of processor time, and its document. */
async function go<Record>({ bytes, parse, render }: Way<Record>): Promise<{ times: Times; held: readonly unknown[] }> {
  const marks = [threadMilliseconds()];
  // Of the version of the record, which storage tells, and the addresses: a few hundred characters.
  await digest("0123456789abcdef0123456789abcdef".concat(JSON.stringify(addresses)));
  marks.push(threadMilliseconds());
  const record = parse(bytes);
  marks.push(threadMilliseconds());
  const document = render(record);
  marks.push(threadMilliseconds());
  const text = JSON.stringify(document);
  marks.push(threadMilliseconds());
  const sent = new TextEncoder().encode(text);
  marks.push(threadMilliseconds());
  const times = Object.fromEntries(steps.map((step, index) => [step, (marks[index + 1] ?? 0) - (marks[index] ?? 0)]));
  // As it is sent: text and bytes are held together.
  return { times: times as Times, held: [bytes, record, document, text, sent] };
}

/** Memory that the values of a request take while all are held, in bytes, and the least that must be there for each. */
async function measureMemory<Record>(way: Way<Record>): Promise<number> {
  const collect = globalThis.gc;
  if (collect === undefined) throw new Error("Run node with --expose-gc.");
  const used = (): number => {
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const before = used();
  const bytes = way.bytes.slice();
  const { held } = await go({ ...way, bytes });
  Object.assign(globalThis, { held });
  const after = used();
  Object.assign(globalThis, { held: undefined });
  return after - before;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

async function measure<Record>(name: string, way: Way<Record>): Promise<void> {
  // First: what a round leaves behind would be taken for what was there before.
  const memory = await measureMemory(way);
  const all: Times[] = [];
  const cpu: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const { times } = await go(way);
    cpu.push(steps.reduce((sum, step) => sum + times[step], 0));
    all.push(times);
  }
  const documentBytes = new TextEncoder().encode(JSON.stringify(way.render(way.parse(way.bytes)))).byteLength;
  const of = (step: (typeof steps)[number]): string => median(all.map((times) => times[step])).toFixed(1);
  const sizes = [way.bytes.byteLength, documentBytes].map((bytes) => `${Math.round(bytes / 1000)} kB`);
  const factor = (memory / way.bytes.byteLength).toFixed(1);
  const cells = [name, ...sizes, median(cpu).toFixed(1), ...steps.map(of), `${(memory / 1e6).toFixed(1)} MB`, factor];
  console.log(`| ${cells.join(" | ")} |`);
}

console.log(`| document | record | JSON | CPU, ms | ${steps.join(" | ")} | memory | memory by record |`);
console.log(`|---|---|---|---|${steps.map(() => "---|").join("")}---|---|`);
for (const count of [1, 200, 2000]) {
  const bytes = formatWork(makeCodex(count));
  const parse = (record: Uint8Array): Work => parseWork(record, "codex");
  await measure(`manifest of ${count} pages, 3.0`, { bytes, parse, render: (work) => formatManifest(addresses, work) });
  await measure(`manifest of ${count} pages, 2.1`, {
    bytes,
    parse,
    render: (work) => formatManifestV2(addresses, work),
  });
}
const bytes = formatRecord(makeHolding(10_000));
const parse = (record: Uint8Array): Collection => parseCollection(record, "plans");
await measure("collection of 10,000, 3.0", { bytes, parse, render: (all) => formatCollection(addresses, all) });
await measure("collection of 10,000, 2.1", { bytes, parse, render: (all) => formatCollectionV2(addresses, all) });
await measure("a part of it, 3.0", {
  bytes,
  parse,
  render: (all) =>
    partsOf(all)
      .slice(0, 1)
      .map((part) => formatPart(addresses, all, part)),
});
