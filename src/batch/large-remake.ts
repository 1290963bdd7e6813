import type { WorkflowStep } from "cloudflare:workers";
import { withDeadline } from "../budget/deadline.ts";
import { ImageError } from "../error.ts";
import { sourceChanged } from "../source/stored-object.ts";
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

/** For how long a try of a step may go on, in seconds: less than the engine waits for it. */
const stepSeconds = 720;

/** The steps of a Workflow, as a conversion takes them. */
export type RemakeSteps = Pick<WorkflowStep, "do">;

/** Converts an item block by block, and reports what came of it. Every step may be repeated. */
export async function runLargeRemake(jobs: Jobs, claimed: ClaimedItem, step: RemakeSteps): Promise<void> {
  const outcome = await convert(jobs, claimed, step).catch((error: unknown) => givenUp(error));
  if (outcome === undefined) return;
  await step.do("report", stepOptions, async () => {
    const { header, item } = claimed;
    // What is done is done, whoever has the item by now; that it failed is for whoever has it to say.
    if (outcome.state === "failed" && !(await holdItem(jobs, claimed))) return;
    const { isStirring } = await callLedger(jobs, header.id, (ledger) =>
      ledger.report(item, outcome, jobs.clock.now()),
    );
    if (isStirring) await wakeRun(jobs, header.id);
  });
}

/** How often a conversion begins anew because its source was replaced. */
const mostRounds = 3;

/** What a step of a conversion came to. */
type StepResult = PartOutcome | "lost" | "changed";

/** Undefined where another has the item by now. */
async function convert(jobs: Jobs, claimed: ClaimedItem, step: RemakeSteps): Promise<ItemOutcome | undefined> {
  for (let round = 1; round <= mostRounds; round += 1) {
    const came = await convertRound((part) =>
      step.do(`${nameOf(part)}${round === 1 ? "" : `, round ${round}`}`, stepOptions, () =>
        takeStep(jobs, part, claimed),
      ),
    );
    if (came !== "changed") return came;
  }
  throw sourceChanged();
}

async function convertRound(
  take: (part: ConversionStep) => Promise<StepResult>,
): Promise<ItemOutcome | "changed" | undefined> {
  let seconds: StageSeconds = {};
  let bytesIn = 0;
  let blocks = 1;
  for (let block = 0; block <= blocks; block += 1) {
    const made = await take(block < blocks ? { kind: "block", block } : { kind: "assemble" });
    if (made === "lost") return undefined;
    if (made === "changed") return "changed";
    seconds = addSeconds(seconds, made.seconds);
    bytesIn += made.bytesIn;
    if ("outcome" in made) return { ...made.outcome, seconds, bytesIn };
    blocks = made.blocks;
  }
  return undefined;
}

/** A try that the engine has given up must not go on beside the next. */
async function takeStep(jobs: Jobs, part: ConversionStep, claimed: ClaimedItem): Promise<StepResult> {
  if (!(await holdItem(jobs, claimed))) return "lost";
  try {
    return await withDeadline(jobs.clock, stepSeconds, (signal) => convertPart(jobs, part, { claimed, signal }));
  } catch (error) {
    if (error instanceof ImageError && error.code === "source-changed") return "changed";
    throw error;
  }
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
