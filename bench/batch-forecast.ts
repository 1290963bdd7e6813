// Foretells how long tasks take that convert large collections, and what they cost: second by second over the published
// limits of Queues, Workflows and Durable Objects, with the processor time that bench/remake.ts has measured. Nothing is
// converted. Run: npx -c "node bench/batch-forecast.ts". Prints tables for bench/README.md.
import { billOf, type Usage } from "../src/operation/bill.ts";
import { prices } from "../src/operation/prices.ts";
import { openRandom } from "../test/support/random.ts";
import { formatTable } from "./statistics.ts";

/** A collection that is converted by tasks. */
interface Collection {
  readonly name: string;
  readonly images: number;
  readonly megapixels: number;
  readonly megabytes: number;
  /** Processor time of the conversion, in seconds a megapixel: bench/README.md, Masters by the service's own kernels. */
  readonly secondsEachMegapixel: number;
  readonly source: string;
}

const collections: readonly Collection[] = [
  {
    name: "Virginia Tech, 437 GB",
    images: 6100,
    megapixels: 146_000 / 6100,
    megabytes: 437_000 / 6100,
    secondsEachMegapixel: 0.0406,
    source: "146 gigapixels of TIFF as LZW strips, taken to be of 24 megapixels each; their own system: $36.54",
  },
  {
    name: "a million scans",
    images: 1_000_000,
    megapixels: 24,
    megabytes: 48,
    secondsEachMegapixel: 0.0316,
    source: "24 megapixels each, Deflate",
  },
  {
    name: "Etsy, 135 million",
    images: 135_000_000,
    megapixels: 2,
    megabytes: 0.6,
    secondsEachMegapixel: 0.022,
    source: "JPEG, taken to be of 2 megapixels each",
  },
];

/** Source: Cloudflare Queues, Durable Objects, Workflows, limits, as read in November 2026. */
const limits = {
  consumers: 250,
  messagesEachSecond: 5000,
  /** Of one object, and what it may hold. */
  ledgerRequestsEachSecond: 1000,
  ledgerBytes: 10e9,
  runSteps: 10_000,
} as const;

/** What is assumed, for nobody here has an account. */
const assumed = {
  /** Storage answers a call in so many seconds; six reads are under way at once. */
  callSeconds: 0.05,
  callsAtOnce: 6,
  /** The platform adds a consumer each so many seconds while messages wait. */
  secondsEachConsumer: 6,
  /** A turn of a run: a step, ten calls of the queue, as many of the ledger. */
  turnSeconds: 2,
  /** Items that fail once and are tried again. */
  failing: 0.005,
  /** What an item takes besides its pixels: claim, head, opening, report; of processor time, in seconds. */
  itemSeconds: 0.02,
} as const;

/** Of the code: src/batch/task-ledger.ts, task-run.ts, src/operation/task-bill.ts. */
const mostQueued = 1000;
const rowsEachItem = 8;
const ledgerRequestsEachItem = 2;
const bytesEachItem = 300;
const partMegabytes = 8;

interface ItemWork {
  readonly cpuSeconds: number;
  readonly seconds: number;
  readonly classA: number;
  readonly classB: number;
}

/** What converting one image takes. A master is about a sixth of a byte a pixel; a block is 2,048 rows. */
function workOf({ megapixels, megabytes, secondsEachMegapixel }: Collection): ItemWork {
  const cpuSeconds = assumed.itemSeconds + megapixels * secondsEachMegapixel;
  const masterMegabytes = megapixels / 6;
  const blocks = Math.max(1, Math.round((Math.sqrt(megapixels * 1e6 * 0.8) / 2048) * 1.2));
  const isHeld = megapixels < 12.5;
  const spilled = isHeld ? 0 : blocks * (1 + Math.ceil(masterMegabytes / blocks / partMegabytes)) + 2;
  const parts = masterMegabytes < 5 ? 1 : Math.ceil(masterMegabytes / partMegabytes) + 2;
  const reads = 4 + Math.ceil(megabytes / 2) + (isHeld ? 0 : 2 * Math.ceil(masterMegabytes / 4) + blocks);
  const waiting = (reads / assumed.callsAtOnce + spilled + parts) * assumed.callSeconds;
  return { cpuSeconds, seconds: cpuSeconds + waiting, classA: spilled + parts, classB: reads };
}

/** Lets a task run second by second, and returns how long it takes, how many turns its runs, and how often items were tried. */
function simulate(images: number, { seconds }: ItemWork) {
  const random = openRandom(20261129);
  let [waiting, queued, done, tries, turns, second] = [images, 0, 0, 0, 0, 0];
  let consumers = 1;
  let nextTurn = 0;
  let capacity = 0;
  while (done < images) {
    if (second >= nextTurn && waiting > 0 && queued < mostQueued) {
      const sent = Math.min(waiting, mostQueued - queued, limits.messagesEachSecond);
      waiting -= sent;
      queued += sent;
      turns += 1;
      nextTurn = second + assumed.turnSeconds;
    }
    if (queued > consumers && second % assumed.secondsEachConsumer === 0)
      consumers = Math.min(limits.consumers, consumers + 1);
    const most = Math.min(consumers / seconds, limits.ledgerRequestsEachSecond / ledgerRequestsEachItem);
    capacity = Math.min(capacity, most) + most;
    const begun = Math.min(queued, Math.floor(capacity));
    capacity -= begun;
    const failed = Math.min(begun, Math.floor(begun * assumed.failing + random.next()));
    tries += begun;
    queued -= begun - failed;
    done += begun - failed;
    second += 1;
  }
  return { seconds: second, turns, tries, consumers };
}

function foretell(collection: Collection) {
  const { images } = collection;
  const work = workOf(collection);
  // The object of a task holds a row for each item.
  const tasks = Math.ceil((images * bytesEachItem) / limits.ledgerBytes);
  // Tasks run at once, and share the consumers of the queue.
  const { seconds, turns, tries } = simulate(images, work);
  const usage: Usage = {
    classA: images * work.classA,
    classB: images * work.classB,
    cpu: 1000 * tries * work.cpuSeconds,
    queue: 3 * tries,
    ledgerRequests: ledgerRequestsEachItem * tries,
    ledgerWritten: rowsEachItem * tries,
    steps: 2 * turns + 3 * tasks,
  };
  return { collection, work, tasks, seconds, turns, usage, bill: billOf(usage) };
}

const dollars = (amount: number): string =>
  amount < 100 ? amount.toFixed(2) : Math.round(amount).toLocaleString("en");
const hours = (seconds: number): string => (seconds / 3600).toFixed(seconds < 36_000 ? 1 : 0);

const foretold = collections.map(foretell);
console.log(
  formatTable([
    [
      "collection",
      "images",
      "gigapixels",
      "tasks",
      "hours",
      "images a second",
      "CPU hours",
      "dollars",
      "of an account with nothing else",
    ],
    ...foretold.map(({ collection: { name, images, megapixels }, tasks, seconds, usage, bill }) => [
      name,
      images.toLocaleString("en"),
      Math.round((images * megapixels) / 1000).toLocaleString("en"),
      String(tasks),
      hours(seconds),
      (images / seconds).toFixed(0),
      Math.round((usage.cpu ?? 0) / 3_600_000).toLocaleString("en"),
      dollars(bill.dollars),
      dollars(bill.dollarsOfAccount),
    ]),
  ]),
);
console.log(`\nDollars by what is charged, without what an account has for nothing:\n`);
const [some] = foretold;
console.log(
  formatTable([
    ["", ...collections.map(({ name }) => name)],
    ...(some?.bill.lines ?? []).map(({ price }) => [
      prices[price].name,
      ...foretold.map(({ bill }) => dollars(bill.lines.find((line) => line.price === price)?.dollars ?? 0)),
    ]),
  ]),
);
console.log();
for (const { collection, work, turns } of foretold) {
  const { cpuSeconds, seconds, classA, classB } = work;
  console.log(
    `${collection.name}: ${collection.source}. An image takes ${cpuSeconds.toFixed(2)} s of CPU, ${seconds.toFixed(1)} s in all, ${classB} reads and ${classA} writes; ${turns.toLocaleString("en")} turns of runs.`,
  );
}
