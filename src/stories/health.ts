import { withDeadline } from "../budget/deadline.ts";
import { type LifecycleState, lifecycleState } from "../cache/lifecycle.ts";
import { ImageError } from "../error.ts";
import { isHostShared } from "../http/base-uri.ts";
import { respondJson } from "../http/respond.ts";
import { checkOrigin } from "../origin/origin-source.ts";
import { drawProbe } from "../probe.ts";
import type { Health, Services } from "../services.ts";
import type { Visit } from "../visit.ts";

/** How long a result is reused: the endpoint is open to all, and its checks cost operations of R2. */
const keptMilliseconds = { checks: 5000, lifecycle: 3_600_000 } as const;

/** For how long a check may take, in seconds. */
const checkSeconds = 5;

/** How many servers that hold masters are asked at once: three buckets are asked at the same time. */
const originsAtOnce = 3;

/**
 * Answers whether this isolate can do its work: all buckets answer, and a picture of a few pixels is drawn the way all
 * are. 200 when all of it holds, else 503. Also says which servers that hold masters answer, how the rule stands that clears the derivative bucket, what the isolate
 * has lent, and what does not keep it from its work and will be regretted.
 */
export async function answerHealth(
  services: Services,
  { request, visit }: { readonly request: Request; readonly visit: Visit },
): Promise<Response> {
  const { budget, streams } = services;
  const found = await findHealthReport(services, { request, visit });
  const memory = { lentBytes: budget.lentBytes(), waiting: budget.waiting, ...budget.counts };
  return respondJson({ ...found, memory, streams }, found.status === "ok" ? 200 : 503);
}

/** How a service does. */
export interface HealthReport extends Pick<Health, "checks" | "origins"> {
  readonly status: "ok" | "failing";
  readonly warnings?: readonly string[];
  readonly lifecycle: LifecycleState | "unknown";
}

/** Returns how this isolate does its work, by checks that may be some seconds old. Never throws. */
export async function findHealthReport(
  services: Services,
  { request, visit }: { readonly request: Request; readonly visit: Visit },
): Promise<HealthReport> {
  const { checks, origins } = await findHealth(services, visit);
  const lifecycle = await findLifecycle(services, visit);
  const isOk = Object.values(checks).every((check) => check === "ok");
  const warnings = isHostShared(services.config, request.url) ? {} : { warnings: [hostWarning] };
  return { status: isOk ? "ok" : "failing", ...warnings, checks, origins, lifecycle };
}

/** Manifests travel: viewers, exports and harvesters keep the addresses that stand in them. */
const hostWarning =
  "BASE_URL is empty: manifests and info.json name the host of each request, and shared caches keep none of them. Set it to the address by which this service is to be known.";

async function findHealth(services: Services, visit: Visit): Promise<Health> {
  const { clock, isolate, buckets, config } = services;
  const { log } = visit;
  if (isFresh(isolate.health, clock.now(), keptMilliseconds.checks)) return isolate.health;
  const check: Check = async (name, work, seconds = checkSeconds) => {
    try {
      await withDeadline(clock, seconds, work);
      return "ok";
    } catch (cause) {
      const detail = cause instanceof ImageError ? cause.detail : undefined;
      log({ level: "error", message: "a check of health fails", check: name, detail, cause: String(cause) });
      return "fails";
    }
  };
  const [masters, catalogue, derivatives, drawing, origins] = await Promise.all([
    check("masters", () => buckets.masters.head("health")),
    check("catalogue", () => buckets.catalogue.head("health")),
    check("derivatives", () => buckets.derivatives.head("health")),
    check("drawing", () => drawProbe(services, visit)),
    config.origins.length === 0 ? undefined : checkOrigins(services, check),
  ]);
  isolate.health = { checkedAt: clock.now(), checks: { masters, catalogue, derivatives, drawing }, origins };
  return isolate.health;
}

/** Runs a check, for so many seconds at the most. */
type Check = (name: string, work: () => Promise<unknown>, seconds?: number) => Promise<"ok" | "fails">;

/**
 * What one of them has not said in time counts as failing: the more there are, the less time has each, so that all of them
 * are done soon. Their state changes no status: the other masters are served.
 */
async function checkOrigins({ config, originReader }: Services, check: Check): Promise<NonNullable<Health["origins"]>> {
  const found: Record<string, "ok" | "fails"> = {};
  const waiting = [...config.origins];
  const rounds = Math.ceil(waiting.length / originsAtOnce);
  const seconds = Math.max(1, checkSeconds / rounds);
  const askOneByOne = async (): Promise<void> => {
    for (;;) {
      const origin = waiting.shift();
      if (origin === undefined) return;
      found[origin.prefix] = await check(`origin ${origin.prefix}`, () => checkOrigin(originReader, origin), seconds);
    }
  };
  await Promise.all(Array.from({ length: originsAtOnce }, askOneByOne));
  return found;
}

/** Nothing is refused for it: a bucket that nobody clears grows slowly, and its pictures are right. */
async function findLifecycle(
  { clock, isolate, buckets }: Services,
  { log }: Visit,
): Promise<LifecycleState | "unknown"> {
  if (isFresh(isolate.lifecycle, clock.now(), keptMilliseconds.lifecycle)) return isolate.lifecycle.state;
  try {
    const now = clock.now();
    const state = await withDeadline(clock, checkSeconds, () => lifecycleState(buckets.derivatives, now / 1000));
    if (state !== "set") log({ level: "warn", message: `the lifecycle rule of the derivative bucket is ${state}` });
    isolate.lifecycle = { checkedAt: now, state };
    return state;
  } catch (cause) {
    log({ level: "warn", message: "the lifecycle rule of the derivative bucket is unknown", cause: String(cause) });
    return "unknown";
  }
}

/** A clock that was set back makes nothing fresh. */
function isFresh<Found extends { readonly checkedAt: number }>(
  found: Found | undefined,
  now: number,
  milliseconds: number,
): found is Found {
  const age = found === undefined ? -1 : now - found.checkedAt;
  return age >= 0 && age < milliseconds;
}
