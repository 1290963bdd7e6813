import type { ImageOutcome, IngestEvent } from "../job/job.ts";
import { nameImage, type PlannedImage } from "../job/job-plan.ts";
import { formatMegabytes } from "../node/megabytes.ts";
import type { TerminalOutput } from "../node/terminal.ts";
import { formatClock } from "../task/progress.ts";
import { formatFailure, formatStages } from "./report-text.ts";

/** The state of a run. */
export interface ProgressState {
  readonly images: number;
  readonly imagesDone: number;
  readonly bytes: number;
  readonly bytesDone: number;
  /** The part of `bytesDone` that was converted, not kept: it determines the speed. */
  readonly bytesConverted: number;
  readonly seconds: number;
  /** What is being done with the image that last reported progress. */
  readonly activity: string;
}

const barCharacters = 20;

/** Formats the state of a run as one line. */
export function formatProgress(state: ProgressState): string {
  const part = state.bytes === 0 ? state.imagesDone / Math.max(1, state.images) : state.bytesDone / state.bytes;
  const measured = state.bytesConverted > 0 ? state.bytesConverted : state.bytesDone;
  const rate = state.seconds > 0 ? measured / state.seconds : 0;
  const left = rate > 0 ? `${formatClock(Math.ceil((state.bytes - state.bytesDone) / rate))} left` : "";
  return [
    formatBar(part),
    `${state.imagesDone}/${state.images}`,
    `${formatMegabytes(state.bytesDone)}/${formatMegabytes(state.bytes)} MB`,
    ...(rate > 0 ? [`${formatMegabytes(rate)} MB/s`, left] : []),
    state.activity,
  ]
    .join("  ")
    .trimEnd();
}

/** Formats a part of a whole, from 0 to 1, as a bar. */
export function formatBar(part: number): string {
  const filled = Math.round(Math.min(1, part) * barCharacters);
  return `[${"#".repeat(filled)}${"-".repeat(barCharacters - filled)}]`;
}

/** Formats the end of the work on an image as one line, and with stages and a line for each note where all is told. */
export function formatOutcome(
  outcome: ImageOutcome,
  { isVerbose }: { readonly isVerbose: boolean },
): readonly string[] {
  const name = nameImage(outcome.image);
  if (outcome.status === "stopped") return [`stopped   ${name}`];
  if (outcome.status === "failed") return [formatFailure(outcome.image.source, outcome.failure)];
  const { status, master, seconds, warnings, image } = outcome;
  const sizes = `${formatMegabytes(image.bytesIn)} MB to ${formatMegabytes(master.bytes)} MB`;
  const stages = isVerbose ? `; ${formatStages(seconds)}` : "";
  const line = `${status.padEnd(9)} ${name} as ${image.identifier} (${sizes}${stages})`;
  return [line, ...(isVerbose ? warnings.map((warning) => `  note    ${name}: ${warning}`) : [])];
}

/** Shows a run to a person while it goes on. */
export interface Progress {
  readonly onEvent: (event: IngestEvent) => void;
  /** Removes the progress line. */
  readonly end: () => void;
}

/** How progress is shown. */
export interface ProgressOptions {
  readonly terminal: TerminalOutput;
  readonly isVerbose: boolean;
}

const redrawMilliseconds = 100;

/**
 * Shows the progress of images: on a terminal, one line that is redrawn and a line for each failure; elsewhere, a line
 * for each image.
 */
export function showProgress(images: readonly PlannedImage[], options: ProgressOptions): Progress {
  const { terminal, isVerbose } = options;
  const start = performance.now();
  const bytes = images.reduce((sum, { bytesIn }) => sum + bytesIn, 0);
  let state: ProgressState = {
    images: images.length,
    imagesDone: 0,
    bytes,
    bytesDone: 0,
    bytesConverted: 0,
    seconds: 0,
    activity: "",
  };
  const draw = () => {
    state = { ...state, seconds: (performance.now() - start) / 1000 };
    terminal.show(formatProgress(state));
  };
  draw();
  const timer = terminal.isWatched ? setInterval(draw, redrawMilliseconds).unref() : undefined;
  return {
    end() {
      clearInterval(timer);
      terminal.show("");
    },
    onEvent(event) {
      if (event.kind === "activity") state = { ...state, activity: `${event.activity} ${event.image.identifier}` };
      else if (event.kind === "stored-bytes") {
        const percent = Math.floor((100 * event.bytes) / Math.max(1, event.of));
        state = { ...state, activity: `storing ${percent} % of ${event.image.identifier}` };
      } else {
        const { outcome } = event;
        const done = outcome.status === "stopped" ? 0 : outcome.image.bytesIn;
        const isConverted = outcome.status === "stored" || outcome.status === "replaced";
        state = {
          ...state,
          imagesDone: state.imagesDone + (outcome.status === "stopped" ? 0 : 1),
          bytesDone: state.bytesDone + done,
          bytesConverted: state.bytesConverted + (isConverted ? done : 0),
        };
        if (isWorthALine(outcome, options)) terminal.say(formatOutcome(outcome, { isVerbose }));
      }
    },
  };
}

/** Images that were not reached are only counted. */
function isWorthALine(outcome: ImageOutcome, { terminal, isVerbose }: ProgressOptions): boolean {
  if (outcome.status === "stopped") return false;
  return !terminal.isWatched || isVerbose || outcome.status === "failed";
}
