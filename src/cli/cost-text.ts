import type { ImageChoice } from "../job/chosen-images.ts";
import { formatMegabytes } from "../node/megabytes.ts";
import type { Bill } from "../operation/bill.ts";
import type { MeasuredTotals } from "../operation/measured-usage.ts";
import { planDollars, priceMonth, prices } from "../operation/prices.ts";
import type { RunFigures } from "../operation/view-forecast.ts";
import type { StorageCounts } from "../statistics/storage-count.ts";
import { count } from "./count.ts";
import { formatDollars } from "./dollars.ts";

/** What `tessera cost` found. */
export interface CostReport {
  readonly choice: ImageChoice | undefined;
  readonly images: { readonly found: number; readonly missing: number } | undefined;
  readonly counts: StorageCounts;
  /** Of a month of storage. */
  readonly stored: Bill;
  /** Undefined where nothing was counted. */
  readonly measured: MeasuredCost | undefined;
  /** Why the hour that is running is missing; undefined where it is there. */
  readonly missing: string | undefined;
  readonly foretold: ForetoldCost | undefined;
}

/** What was counted, and the bill of a month of it. */
export interface MeasuredCost {
  /** The first time that something was counted of, in UTC. */
  readonly first: string;
  /** Since then. */
  readonly hours: number;
  readonly totals: MeasuredTotals;
  readonly unknownRequests: number;
  readonly bill: Bill;
}

/** What views would cost in a month. */
export interface ForetoldCost {
  readonly views: number;
  readonly hit: number;
  readonly requestsEach: number;
  readonly run: RunFigures;
  /** Whether `run` is what was counted here. */
  readonly isMeasured: boolean;
  readonly bill: Bill;
}

/** Returns the report for scripts: dollars are US dollars of a month. */
export function describeCost(report: CostReport): object {
  const { choice, images, counts, stored, measured, missing, foretold } = report;
  return {
    of: choice ?? "all",
    images,
    stored: { counts, bill: stored },
    counted: measured,
    runningHourMissing: missing,
    foretold,
    notCounted: hiddenOf(foretold !== undefined),
    prices,
    planDollars,
  };
}

/** Formats the report as lines for people. */
export function formatCost(report: CostReport): readonly string[] {
  const { choice, images, counts, stored, foretold } = report;
  const kinds = Object.entries(counts).map(
    ([kind, { objects, bytes }]) =>
      `  ${kind.padEnd(26)} ${count(objects, "object").padStart(16)} ${`${formatMegabytes(bytes)} MB`.padStart(16)}`,
  );
  const lost = images !== undefined && images.missing > 0 ? `, of which ${images.missing} have no master` : "";
  return [
    `Stored${nameOf(choice)}${images === undefined ? "" : `: ${count(images.found, "image")}${lost}`}`,
    ...kinds,
    ...formatBill(stored),
    "",
    ...formatMeasured(report),
    ...formatForetold(foretold),
    "",
    "Not in these figures:",
    ...hiddenOf(foretold !== undefined).map((sentence) => `  ${sentence}`),
    `Prices of ${priceMonth} in US dollars: docs/operating.md has them with their sources.`,
  ];
}

function nameOf(choice: ImageChoice | undefined): string {
  if (choice === undefined) return "";
  if (choice.kind === "prefix") return ` of ${choice.prefix}…`;
  return choice.kind === "images" ? "" : ` of the ${choice.kind} ${choice.key}`;
}

function formatMeasured({ measured, missing, choice }: CostReport): readonly string[] {
  const running = missing === undefined ? [] : [`  The hour that is running is missing: ${missing}`];
  if (measured === undefined) return ["Counted: nothing (Statistics in docs/operating.md)", ...running];
  const { first, hours, totals, unknownRequests, bill } = measured;
  const unknown =
    unknownRequests > 0
      ? [
          `  ${formatAmount(unknownRequests)} more requests were for images that are not told apart; some may be of these`,
        ]
      : [];
  const derivatives =
    choice === undefined ? [] : ["  What the bucket of derivatives was asked is not counted by image, and not in this"];
  return [
    `Counted in ${count(hours, "hour")} since ${first}: ${formatAmount(totals.requests)} requests that reached the Worker`,
    ...running,
    ...unknown,
    ...derivatives,
    ...(hours < 24 ? ["  That is less than a day, which says little of a month"] : []),
    "  As much for 30 days:",
    ...formatBill(bill),
  ];
}

function formatForetold(foretold: ForetoldCost | undefined): readonly string[] {
  if (foretold === undefined) return [];
  const { views, hit, requestsEach, run, isMeasured, bill } = foretold;
  const { classB, cpuMilliseconds } = run;
  const source = isMeasured ? "as was counted" : "as in bench/README.md, for fewer than 1,000 requests were counted";
  return [
    "",
    `Foretold for ${formatAmount(views)} views a month of ${requestsEach.toFixed(1)} requests each (bench/README.md, Traffic),`,
    `${formatPercent(hit)} of them answered in front of the Worker; each of the others takes ${classB.toFixed(2)} class B operations`,
    `and ${cpuMilliseconds.toFixed(2)} ms of CPU (${source}):`,
    ...formatBill(bill),
  ];
}

function formatBill({ lines, dollars, dollarsOfAccount }: Bill): readonly string[] {
  const rows = lines.map(({ price, amount, dollars: each }) => {
    const { name, unit } = prices[price];
    return `  ${name.padEnd(40)} ${`${formatAmount(amount)} ${unit}`.padStart(30)} ${formatDollars(each).padStart(16)}`;
  });
  const account = `an account that has nothing else, with its plan and what that includes, ${formatDollars(dollarsOfAccount)}`;
  return [...rows, `  A month: ${formatDollars(dollars)}; ${account}`];
}

/** Says what no figure has: it is known of nobody, or of the account alone. */
function hiddenOf(isForetold: boolean): readonly string[] {
  return [
    "Requests that the cache in front of the Worker answers run no code and are counted nowhere here. Each is charged.",
    "Head requests for masters, searches (D1), counting and purging (Durable Object), puts of derivatives.",
    ...(isForetold ? ["How people look at images is assumed: bench/README.md says how."] : []),
    "CPU is reckoned from the pixels that are decoded: the platform tells a Worker no processor time.",
  ];
}

function formatAmount(amount: number): string {
  return amount.toLocaleString("en", { maximumFractionDigits: amount < 100 ? 3 : 0 });
}

function formatPercent(part: number): string {
  return `${(100 * part).toLocaleString("en", { maximumFractionDigits: 2 })} %`;
}
