import { type RollUpSum, readRollUps } from "../job/read-roll-ups.ts";
import { countAll, countChosen } from "../job/stored-amounts.ts";
import type { Terminal } from "../node/terminal.ts";
import { billOf } from "../operation/bill.ts";
import { measuredRun, totalsOf, totalsOfImages, usageOfTotals } from "../operation/measured-usage.ts";
import { figuresOfRun, forecastView, usageOfViews } from "../operation/view-forecast.ts";
import type { CostOptions } from "../settings/options.ts";
import { choiceOf } from "./choice-commands.ts";
import { openBuckets } from "./choose-buckets.ts";
import type { CostCommand } from "./command.ts";
import { type CostReport, describeCost, formatCost } from "./cost-text.ts";
import { exitStatus } from "./exit-status.ts";
import { formatJson } from "./report-json.ts";

/** Days that are looked back at, unless it is said. */
const usualDays = 30;

/** Carries `tessera cost` out and returns the exit status. Throws CommandFaults and BucketError. */
export async function cost({ options }: CostCommand, terminal: Terminal): Promise<number> {
  const asked = ["masters", "catalogue", "derivatives"] as const;
  const { buckets, service } = await openBuckets(options, { terminal, asked });
  const onProgress = (counted: number): void => {
    terminal.signal.throwIfAborted();
    terminal.show(`${counted} counted`);
  };
  const run = { naming: service.naming, onProgress };
  try {
    const choice = choiceOf(options);
    const chosen = choice && (await countChosen(buckets, choice, run));
    const counts = chosen?.counts ?? (await countAll(buckets, run));
    const counted = await readRollUps(buckets.catalogue, { days: options.since ?? usualDays, now: Date.now() });
    terminal.show("");
    if (chosen?.images === 0) {
      terminal.say([`There is no image whose identifier starts with ${options.prefix}.`]);
      return exitStatus.failed;
    }
    const measured = measure(counted, chosen?.isChosen);
    const bytes = Object.values(counts).reduce((sum, kind) => sum + kind.bytes, 0);
    const report: CostReport = {
      choice,
      images: chosen && { found: chosen.images, missing: chosen.missing },
      counts,
      stored: billOf({ storage: bytes / 1e9 }),
      measured,
      foretold: foretell(options, measured),
    };
    terminal.print(options.json === true ? formatJson(describeCost(report)) : formatCost(report));
    return exitStatus.well;
  } finally {
    terminal.show("");
    await buckets.close();
  }
}

function measure(
  { sum, first, last, hours }: RollUpSum,
  isChosen: ((identifier: string) => boolean) | undefined,
): CostReport["measured"] {
  if (first === undefined || last === undefined) return undefined;
  const { totals, unknownRequests } =
    isChosen === undefined ? { totals: totalsOf(sum.tally), unknownRequests: 0 } : totalsOfImages(sum.tally, isChosen);
  return { first, last, hours, totals, unknownRequests, bill: billOf(usageOfTotals(totals, hours)) };
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
