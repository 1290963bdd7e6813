// Simulates what people ask of ten million images, and what the caches leave for the Worker, R2 and the bill. Nothing is
// drawn: requests are planned by the Worker's own functions, and its rules decide what is kept. The seed is fixed.
// Run: npx -c "node bench/traffic.ts [SECONDS_OF_TRAFFIC]". Prints tables for bench/README.md.
import { readConfig } from "../src/config.ts";
import { billOf, type Usage } from "../src/operation/bill.ts";
import { dollarsFor } from "../src/operation/prices.ts";
import { type ViewKind, viewHabits, viewKinds } from "../src/operation/viewer-session.ts";
import { openRandom } from "../test/support/random.ts";
import { formatFigure, formatTable } from "./statistics.ts";
import { amazon, filesOfLevel0, lambda, serverlessDollars } from "./traffic-others.ts";
import { type ImageClass, planClasses } from "./traffic-requests.ts";
import { noCounts, type TierAssumptions, Tiers, type TrafficCounts } from "./traffic-tiers.ts";

const images = 10_000_000;
/** How much more often the first image is asked for than the n-th: n to the power of this. */
const zipfExponent = 0.9;
const downloadShare = 0.01;
const seed = 20261129;
/** Views that are simulated in a month at the most: of more, a part of the images and of the caches stands for all. */
const mostViews = 1e6;
const month = 30 * 86_400;
const warmUpSeconds = 2 * 86_400;
const countedSeconds = Number(process.argv[2] ?? 86_400);

const assumed: TierAssumptions = {
  dataCentres: [0.25, 0.18, 0.13, 0.1, 0.08, 0.07, 0.06, 0.05, 0.04, 0.04],
  lowerBytes: 20e9,
  upperBytes: 200e9,
  edgeBytes: 20e9,
};

const config = readConfig({ BASE_URL: "https://images.example" });
const classes = planClasses(config);

/** Returns the sums of the popularity of images, by their rank. */
function sumPopularity(): Float64Array {
  const sums = new Float64Array(images);
  let sum = 0;
  for (let rank = 0; rank < images; rank++) {
    sum += (rank + 1) ** -zipfExponent;
    sums[rank] = sum;
  }
  return sums;
}

/** Returns the first index whose sum is above `value`. */
function findAbove(sums: Float64Array | readonly number[], value: number): number {
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sums[middle] ?? 0) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

const popularity = sumPopularity();

function cumulative(shares: readonly number[]): readonly number[] {
  let sum = 0;
  return shares.map((share) => {
    sum += share;
    return sum;
  });
}

/** Simulates views at a rate a month. `blockImages` images next to each other in rank are simulated by one, at their mean rate. */
function simulate(viewsEachMonth: number, tierBytes: number): TrafficCounts & { readonly views: number } {
  const random = openRandom(seed);
  const blockImages = Math.max(1, Math.round(viewsEachMonth / mostViews));
  const changed = { lowerBytes: tierBytes, edgeBytes: tierBytes, upperBytes: 10 * tierBytes };
  const tiers = new Tiers(config, { ...assumed, ...changed }, 1 / blockImages);
  const kinds = Object.keys(viewKinds) as ViewKind[];
  const kindSums = cumulative(kinds.map((kind) => viewKinds[kind].share));
  const classSums = cumulative(classes.map(({ share }) => share));
  const centreSums = cumulative(assumed.dataCentres);
  const total = popularity[images - 1] ?? 0;
  const drawImage = (): { readonly image: number; readonly kind: ImageClass } => {
    const image = Math.floor(findAbove(popularity, random.next() * total) / blockImages);
    // An image has its size for good.
    const mixed = (Math.imul(image + 1, 0x9e3779b1) >>> 0) / 2 ** 32;
    return { image, kind: classes[findAbove(classSums, mixed)] as ImageClass };
  };
  const secondsEach = month / (viewsEachMonth / blockImages);
  let views = 0;
  let isWarm = false;
  for (let at = 0; at < warmUpSeconds + countedSeconds; at += -Math.log(1 - random.next()) * secondsEach) {
    if (!isWarm && at >= warmUpSeconds) {
      isWarm = true;
      views = 0;
      tiers.counts = noCounts();
    }
    views += 1;
    const dataCentre = findAbove(centreSums, random.next());
    for (let thumbnail = 0; thumbnail < viewHabits.thumbnails; thumbnail++) {
      const shown = drawImage();
      tiers.ask({ image: shown.image, request: shown.kind.thumbnail, dataCentre, at });
    }
    const { image, kind } = drawImage();
    tiers.ask({ image, request: kind.manifest, dataCentre, at });
    tiers.ask({ image, request: kind.info, dataCentre, at });
    const journey = kinds[findAbove(kindSums, random.next())] ?? "glance";
    for (const request of random.pick(kind.views[journey])) tiers.ask({ image, request, dataCentre, at });
    if (random.next() < downloadShare) tiers.ask({ image, request: kind.download, dataCentre, at });
  }
  return { ...tiers.counts, views };
}

const meanMasterBytes = classes.reduce((sum, { share, masterBytes }) => sum + share * masterBytes, 0);
const meanFiles = classes.reduce((sum, size) => sum + size.share * filesOfLevel0(size, 512).files, 0);

/** What a month of so many views uses, as a simulated time says. */
function usageOf(counts: TrafficCounts & { readonly views: number }, views: number): Usage {
  const times = views / counts.views;
  return {
    storage: (images * meanMasterBytes) / 1e9,
    classA: counts.classA * times,
    classB: counts.classB * times,
    requests: counts.requests * times,
    cpu: counts.cpuMilliseconds * times,
    logs: counts.runs * times * 0.2,
  };
}

const dollars = (value: number): string => `$${Math.round(value).toLocaleString("en")}`;
const percent = (part: number): string => `${(100 * part).toFixed(1)} %`;

const scenarios = [
  [1e6, 20e9],
  [1e7, 20e9],
  [1e8, 20e9],
  [1e9, 20e9],
  [1e9, 200e9],
] as const;
const results = scenarios.map(([views, tierBytes]) => ({ views, tierBytes, counts: simulate(views, tierBytes) }));

const each = (counts: TrafficCounts & { readonly views: number }, value: number): string =>
  formatFigure(value / counts.views);
console.log(
  formatTable([
    [
      "views a month",
      "GB a data centre",
      "requests",
      "lower tier",
      "upper tier",
      "Worker runs",
      "Cache API",
      "bucket",
      "openings",
      "heads",
      "class B",
      "class A",
      "CPU-ms",
    ],
    ...results.map(({ views, tierBytes, counts }) => [
      views.toLocaleString("en"),
      formatFigure(tierBytes / 1e9),
      each(counts, counts.requests),
      percent(counts.lowerHits / counts.requests),
      percent(counts.upperHits / counts.requests),
      each(counts, counts.runs),
      `${percent(counts.edgeHits / counts.edgeAsked)} of ${each(counts, counts.edgeAsked)}`,
      `${percent(counts.bucketHits / counts.bucketAsked)} of ${each(counts, counts.bucketAsked)}`,
      each(counts, counts.openings),
      each(counts, counts.heads),
      each(counts, counts.classB),
      each(counts, counts.classA),
      each(counts, counts.cpuMilliseconds),
    ]),
  ]),
);

console.log(
  `\n${formatTable([
    [
      "views a month",
      "GB a data centre",
      "storage",
      "requests",
      "class B",
      "class A",
      "CPU",
      "logs",
      "all",
      "1,000 views, without storage",
    ],
    ...results.map(({ views, tierBytes, counts }) => {
      const usage = usageOf(counts, views);
      const bill = billOf(usage);
      const of = (name: keyof Usage): string => dollars(dollarsFor(name, usage[name] ?? 0));
      return [
        views.toLocaleString("en"),
        formatFigure(tierBytes / 1e9),
        of("storage"),
        of("requests"),
        of("classB"),
        of("classA"),
        of("cpu"),
        of("logs"),
        dollars(bill.dollars),
        `$${formatFigure((1000 * (bill.dollars - dollarsFor("storage", usage.storage ?? 0))) / views)}`,
      ];
    }),
  ])}`,
);

const billion = results.find(({ views }) => views === 1e9);
if (billion === undefined) throw new Error("a billion views are simulated");
const { counts } = billion;
const times = 1e9 / counts.views;
const misses = counts.requests - counts.lowerHits - counts.upperHits;
const traffic = {
  requests: counts.requests * times,
  misses: misses * times,
  gigabytesSent: (counts.bytesSent * times) / 1e9,
  images,
  masterBytes: meanMasterBytes,
  files: meanFiles,
};
const ours = usageOf(counts, 1e9);
const serverless = serverlessDollars(traffic);
const level0 = {
  storage: dollarsFor("storage", (images * (meanMasterBytes + 600 * meanFiles)) / 1e9),
  operations: dollarsFor("classB", traffic.misses),
  requests: 0,
  computing: 0,
  egress: 0,
};
const of = (name: keyof Usage): number => dollarsFor(name, ours[name] ?? 0);
const rows = {
  Tessera: {
    storage: of("storage"),
    operations: of("classA") + of("classB"),
    requests: of("requests") + of("logs"),
    computing: of("cpu"),
    egress: 0,
  },
  "serverless-iiif": serverless,
  "level 0 on R2": level0,
};
/** What it takes once to put all of it there. */
const putting: Readonly<Record<string, number>> = {
  Tessera: dollarsFor("classA", images),
  "serverless-iiif": (images / 1e6) * amazon.s3PutMillion,
  "level 0 on R2": dollarsFor("classA", images * meanFiles),
};
console.log(
  `\n${formatTable([
    ["a billion views a month", "storage", "operations", "requests", "computing", "egress", "all", "once"],
    ...Object.entries(rows).map(([name, row]) => [
      name,
      ...Object.values(row).map(dollars),
      dollars(Object.values(row).reduce((sum, value) => sum + value, 0)),
      dollars(putting[name] ?? 0),
    ]),
  ])}`,
);
console.log(
  `\n${[
    `${formatFigure(traffic.requests / 1e9)} G requests, ${formatFigure(traffic.misses / 1e9)} G past the cache in front,`,
    `${formatFigure(traffic.gigabytesSent / 1000)} TB sent; a master of ${formatFigure(meanMasterBytes / 1e6)} MB on the average,`,
    `${formatFigure(meanFiles)} files of level 0; Lambda works ${formatFigure(meanMasterBytes / lambda.bytesEachSecond + lambda.otherSeconds)} s a miss.`,
  ].join(" ")}`,
);
