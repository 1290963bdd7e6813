import { addStoredRollUps, countAllStored } from "../job/statistics.ts";
import { countChosen } from "../job/stored-amounts.ts";
import type { Terminal } from "../node/terminal.ts";
import { billOf } from "../operation/bill.ts";
import { measuredRun, totalsOf, totalsOfImages, usageOfTotals } from "../operation/measured-usage.ts";
import { figuresOfRun, forecastView, usageOfViews } from "../operation/view-forecast.ts";
import type { CostOptions } from "../settings/operation-options.ts";
import { hourMilliseconds } from "../statistics/hour.ts";
import { StatisticsSum } from "../statistics/report.ts";
import { choiceOf } from "./choice-commands.ts";
import { openBuckets } from "./choose-buckets.ts";
import type { CostCommand } from "./command.ts";
import { type CostReport, describeCost, formatCost } from "./cost-text.ts";
import { exitStatus } from "./exit-status.ts";
import { formatJson } from "./report-json.ts";
import { addRunning } from "./running-hours.ts";

/** Hours that are looked back at, unless it is said: thirty days. */
const usualHours = 30 * 24;

/** Carries `tessera cost` out and returns the exit status. Throws CommandFaults and BucketError. */
export async function cost({ options }: CostCommand, terminal: Terminal): Promise<number> {
  const asked = ["masters", "catalogue", "derivatives"] as const;
  const opened = await openBuckets(options, { terminal, asked });
  const { service, buckets } = opened;
  const { signal } = terminal;
  const reading = { signal, onProgress: (done: number) => terminal.show(`${done} counted`) };
  const now = Date.now();
  let problems = 0;
  try {
    const choice = choiceOf(options);
    const chosen = choice && (await countChosen(buckets, choice, { naming: service.naming, ...reading }));
    if (chosen?.images === 0) {
      terminal.show("");
      const what = choice?.kind === "prefix" ? `whose identifier starts with ${choice.prefix}` : "in it";
      terminal.say([`There is no image ${what}.`]);
      return exitStatus.failed;
    }
    const counts = chosen?.counts ?? (await countAllStored(buckets, reading));
    const sum = new StatisticsSum(now - (options.since ?? usualHours) * hourMilliseconds);
    const onProblem = (key: string, reason: string): void => {
      problems += 1;
      terminal.say([`problem   ${key}: ${reason}`]);
    };
    await addStoredRollUps(buckets.catalogue, sum, { ...reading, onProblem });
    const missing = await addRunning(sum, { choice: opened.options, base: service.base }, terminal);
    terminal.show("");
    const measured = measure(sum, now, chosen?.isChosen);
    const bytes = Object.values(counts).reduce((total, kind) => total + kind.bytes, 0);
    const report: CostReport = {
      choice,
      images: chosen && { found: chosen.images, missing: chosen.missing },
      counts,
      stored: billOf({ storage: bytes / 1e9 }),
      measured,
      missing,
      foretold: foretell(options, measured),
    };
    terminal.print(options.json === true ? formatJson(describeCost(report)) : formatCost(report));
    return problems > 0 ? exitStatus.failed : exitStatus.well;
  } finally {
    terminal.show("");
    await buckets.close();
  }
}

function measure(
  { tally, periods }: StatisticsSum,
  now: number,
  isChosen: ((identifier: string) => boolean) | undefined,
): CostReport["measured"] {
  const [first] = periods;
  if (first === undefined) return undefined;
  const { totals, unknownRequests } =
    isChosen === undefined ? { totals: totalsOf(tally), unknownRequests: 0 } : totalsOfImages(tally, isChosen);
  // Hours in which nobody asked for anything have no roll-up, and count all the same.
  const since = Date.parse(first.includes("T") ? `${first}:00Z` : first);
  const hours = Math.max(1, Math.round((now - since) / hourMilliseconds));
  return { first, hours, totals, unknownRequests, bill: billOf(usageOfTotals(totals, hours)) };
}

/** By what a request of these images took as far as enough were counted, else by the figures of bench/README.md. */
function foretell({ views, hit = 0 }: CostOptions, measured: CostReport["measured"]): CostReport["foretold"] {
  if (views === undefined) return undefined;
  const view = forecastView();
  const own = measured && measuredRun(measured.totals);
  const run = own ?? figuresOfRun(view);
  const requestsEach = view.requests;
  return {
    views,
    hit,
    requestsEach,
    run,
    isMeasured: own !== undefined,
    bill: billOf(usageOfViews(view, { views, hit }, run)),
  };
}
