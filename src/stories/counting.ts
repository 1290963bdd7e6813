import type { Account } from "../account.ts";
import { sleep } from "../budget/clock.ts";
import { withDeadline } from "../budget/deadline.ts";
import { findRule } from "../gateway/find-rule.ts";
import { clientFamily } from "../http/client-family.ts";
import type { Services } from "../services.ts";
import type { Batch } from "../statistics/counter.ts";
import { figureOf } from "../statistics/figures.ts";
import type { Observation } from "../statistics/observation.ts";
import { pointOf } from "../statistics/point.ts";
import { classOf, type RequestClass } from "../statistics/request-class.ts";
import type { Visit } from "../visit.ts";

/** How long the ledger may take for a batch, in seconds. */
const ledgerSeconds = 5;

/** What counting takes of a request. */
type Counting = Pick<Visit, "defer" | "log">;

/** A request that was answered. */
export interface AnsweredRequest extends Omit<Observation, "class" | "client"> {
  readonly request: Request;
  /** As it came, still encoded. */
  readonly path: string;
}

/**
 * Counts a request once all of its body is sent. Nothing waits for it. Never throws.
 */
export function countRequest(services: Services, answered: AnsweredRequest, to: Counting): void {
  const { request, path, status, code, account, milliseconds, at } = answered;
  const kind = classOfAnswer(services.config, path, account);
  const client = clientFamily(request);
  const count = (): void => {
    if (request.method === "HEAD") account.sentBytes = 0;
    countObservation(services, { status, code, account, milliseconds, at, class: kind, client }, to);
  };
  if (account.sending === undefined) count();
  else to.defer(account.sending.then(count));
}

/** What a URL of another server was for shows in what was done for it. */
function classOfAnswer({ gateway, prefix }: Services["config"], path: string, account: Account): RequestClass {
  const found = classOf(path, prefix);
  if (found !== "other" || findRule(gateway, path, prefix) === undefined) return found;
  return account.index !== undefined && account.format === undefined ? "info" : "image";
}

/**
 * Counts a point where a dataset is bound, and in the batch of this isolate, which goes to the
 * ledger some seconds after its first request.
 */
function countObservation(services: Services, observation: Observation, { defer, log }: Counting): void {
  writePoint(services, observation, log);
  const { ledger, clock, config, isolate } = services;
  const { statisticsSeconds } = config;
  if (ledger === undefined || statisticsSeconds === 0) return;
  const { counter } = isolate;
  const due = counter.takeDue(clock.now(), 1000 * statisticsSeconds);
  if (due !== undefined) defer(handOver(services, due, log));
  const begun = counter.add(observation);
  if (begun === undefined) return;
  // The platform may end this request before: then one of the next ones sees that the batch is due.
  const wait = sleep(clock, 1000 * statisticsSeconds).then(() => counter.take(begun));
  defer(wait.then((batch) => batch && handOver(services, batch, log)));
}

function writePoint({ points }: Services, observation: Observation, log: Visit["log"]): void {
  if (points === undefined) return;
  try {
    points.writeDataPoint(pointOf(observation));
  } catch (cause) {
    log({ level: "error", message: "Analytics Engine did not take a point", cause: String(cause) });
  }
}

/** Gives what this isolate has counted to the ledger now: for who is about to read it. Never throws. */
export async function handOverNow(services: Services, log: Visit["log"]): Promise<void> {
  const batch = services.isolate.counter.take();
  if (batch !== undefined) await handOver(services, batch, log);
}

/** What a ledger does not take in time is lost, and the log says how much. */
async function handOver({ ledger, clock }: Services, { hour, tally }: Batch, log: Visit["log"]): Promise<void> {
  if (ledger === undefined) return;
  try {
    const dropped = await withDeadline(clock, ledgerSeconds, () => ledger().count({ hour, tally }));
    if (dropped.length > 0) log({ level: "warn", message: "hours that nobody wrote down are dropped", hours: dropped });
  } catch (cause) {
    const requests = figureOf(tally.total, "requests");
    log({
      level: "error",
      message: "the ledger did not take counts: they are lost",
      hour,
      requests,
      cause: String(cause),
    });
  }
}
