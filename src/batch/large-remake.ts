import type { WorkflowStep } from "cloudflare:workers";
import { ImageError } from "../error.ts";
import { addSeconds, type StageSeconds } from "../task/states.ts";
import { holdItem } from "./hand-over.ts";
import { callLedger, type Jobs } from "./jobs.ts";
import { type ConversionStep, convertPart, type PartOutcome } from "./kinds/remake.ts";
import type { ClaimedItem } from "./ledger-calls.ts";
import type { ItemOutcome } from "./outcome.ts";
import { wakeRun } from "./run-calls.ts";

const stepOptions = {
  retries: { limit: 5, delay: "5 seconds", backoff: "exponential" },
  timeout: "13 minutes",
} as const;

/** The steps of a Workflow, as a conversion takes them. */
export type RemakeSteps = Pick<WorkflowStep, "do">;

/** Converts an item block by block, and reports what came of it. Every step may be repeated. */
export async function runLargeRemake(jobs: Jobs, claimed: ClaimedItem, step: RemakeSteps): Promise<void> {
  const outcome = await convert(jobs, claimed, step).catch((error: unknown) => givenUp(error));
  if (outcome === undefined) return;
  await step.do("report", stepOptions, async () => {
    const { header, item } = claimed;
    const { isStirring } = await callLedger(jobs, header.id, (ledger) =>
      ledger.report(item, outcome, jobs.clock.now()),
    );
    if (isStirring) await wakeRun(jobs, header.id);
  });
}

/** Undefined where another has the item by now. */
async function convert(jobs: Jobs, claimed: ClaimedItem, step: RemakeSteps): Promise<ItemOutcome | undefined> {
  let seconds: StageSeconds = {};
  let bytesIn = 0;
  let blocks = 1;
  const take = (part: ConversionStep): Promise<PartOutcome | "lost"> =>
    step.do(nameOf(part), stepOptions, async () =>
      (await holdItem(jobs, claimed)) ? convertPart(jobs, claimed, part) : "lost",
    );
  for (let block = 0; block < blocks; block += 1) {
    const made = await take({ kind: "block", block });
    if (made === "lost") return undefined;
    seconds = addSeconds(seconds, made.seconds);
    bytesIn += made.bytesIn;
    if ("outcome" in made) return { ...made.outcome, seconds, bytesIn };
    blocks = made.blocks;
  }
  const made = await take({ kind: "assemble" });
  if (made === "lost" || !("outcome" in made)) return undefined;
  return { ...made.outcome, seconds: addSeconds(seconds, made.seconds), bytesIn: bytesIn + made.bytesIn };
}

function nameOf(part: ConversionStep): string {
  return part.kind === "block" ? `block ${part.block}` : part.kind;
}

/** What failed in all tries of a step. */
function givenUp(error: unknown): ItemOutcome {
  const isOurs = error instanceof ImageError;
  const failure = {
    code: isOurs ? error.code : "internal",
    message: `A step of its conversion failed again and again: ${error instanceof Error ? error.message : String(error)}`,
  };
  return { state: "failed", seconds: {}, bytesIn: 0, bytesOut: 0, failure };
}
