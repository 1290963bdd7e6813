import { AdministrationError } from "../bucket/administration.ts";
import type { Terminal } from "../node/terminal.ts";
import type { PurgeOrder } from "../operation/purge-order.ts";
import { quoteWord } from "../shell-word.ts";
import { count } from "./count.ts";
import { describePurge, findService, imageOrders, type PurgeReport, purgeAll, type ServiceChoice } from "./purging.ts";

/** What a command has changed, of which something may still be kept. */
export interface ChangedThings {
  readonly images: readonly string[];
  readonly objects?: readonly string[];
  readonly collections?: readonly string[];
}

/** What became of what was kept: purged, or why not, with the commands that do it. */
export type PurgeOutcome =
  | { readonly state: "purged"; readonly report: PurgeReport }
  | { readonly state: "not-purged"; readonly reason: string; readonly commands: readonly string[] };

/** What purging after a change takes. */
export interface AfterwardsOptions {
  readonly choice: ServiceChoice;
  readonly terminal: Terminal;
  /** BASE_URL of the service. */
  readonly base: string;
}

/**
 * Purges what is kept of things that have changed, where the service can be reached. Where it can't, what was done stays
 * done, and the outcome says what to run. Throws the signal's reason once it is aborted.
 */
export async function purgeAfterwards(
  changed: ChangedThings,
  { choice, terminal, base }: AfterwardsOptions,
): Promise<PurgeOutcome> {
  const { images, objects = [], collections = [] } = changed;
  const orders: readonly PurgeOrder[] = [
    ...imageOrders(images),
    ...objects.map((key): PurgeOrder => ({ kind: "object", key, only: "documents" })),
    ...collections.map((key): PurgeOrder => ({ kind: "collection", key })),
  ];
  const fail = (reason: string): PurgeOutcome => notPurged(changed, choice, reason);
  const service = await findService(choice, terminal, async () => base);
  if ("faults" in service) return fail(service.faults.join("; "));
  try {
    const report = await purgeAll(service, orders, (done) => terminal.show(`purging: ${count(done, "image")}`));
    const { state, reason = "", waiting } = report.workersCache;
    if (state === "refused" && waiting === 0) return fail(`the cache in front of the Worker refused: ${reason}`);
    return { state: "purged", report };
  } catch (error) {
    if (!(error instanceof AdministrationError)) throw error;
    return fail(error.message.replace(/\.$/, ""));
  } finally {
    terminal.show("");
  }
}

/** Returns the outcome of things that are not purged; `reason` is a sentence without a full stop. */
export function notPurged(changed: ChangedThings, choice: ServiceChoice, reason: string): PurgeOutcome {
  return { state: "not-purged", reason, commands: purgeCommands(changed, choice) };
}

/** Formats what became of what was kept, as lines. */
export function formatPurgeOutcome(outcome: PurgeOutcome): readonly string[] {
  if (outcome.state === "purged") return describePurge(outcome.report);
  const { reason, commands } = outcome;
  return [`Not purged: ${reason}. Until then caches may answer with what they keep. To purge:`, ...indent(commands)];
}

function indent(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}

/** With more images than this, a command names what they start with. */
const mostNamed = 20;

function purgeCommands({ images, objects = [], collections = [] }: ChangedThings, choice: ServiceChoice) {
  const { to = "remote", state, service } = choice;
  const place = [
    ...["--to", to],
    ...(state === undefined ? [] : ["--state", state]),
    ...(service === undefined ? [] : ["--service", service]),
  ];
  const command = (...args: readonly string[]): string =>
    ["npx tessera purge", ...[...args, ...place].map(quoteWord)].join(" ");
  const start = commonStart(images);
  return [
    ...(images.length === 0
      ? []
      : images.length <= mostNamed
        ? [command(...images)]
        : [start === "" ? command("--everything") : command("--prefix", start)]),
    ...objects.map((key) => command("--object", key)),
    ...collections.map((key) => command("--collection", key)),
  ];
}

function commonStart([first = "", ...others]: readonly string[]): string {
  let start = first;
  for (const other of others) while (!other.startsWith(start)) start = start.slice(0, -1);
  return start.toWellFormed() === start ? start : start.slice(0, -1);
}
