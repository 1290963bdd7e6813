import { withDeadline } from "./budget/deadline.ts";
import { respondJson } from "./http/respond.ts";
import { drawProbe } from "./probe.ts";
import type { Health, Services } from "./services.ts";
import type { Visit } from "./visit.ts";

/** For how long what was found is told again: the endpoint is open to all, and its checks cost operations of R2. */
const keptMilliseconds = 5000;

/** For how long a check may take, in seconds. */
const checkSeconds = 5;

/**
 * Answers whether this isolate can do its work: both buckets answer, and a picture of a few pixels is drawn the way all
 * are. 200 when all of it holds, else 503.
 */
export async function answerHealth(services: Services, visit: Visit): Promise<Response> {
  const { checks } = await findHealth(services, visit);
  const isOk = Object.values(checks).every((check) => check === "ok");
  const { budget, streams } = services;
  const memory = { lentBytes: budget.lentBytes(), waiting: budget.waiting, ...budget.counts };
  return respondJson({ status: isOk ? "ok" : "failing", checks, memory, streams }, isOk ? 200 : 503);
}

async function findHealth(services: Services, visit: Visit): Promise<Health> {
  const { clock, isolate, buckets, log } = services;
  const age = clock.now() - (isolate.health?.checkedAt ?? Number.NEGATIVE_INFINITY);
  if (isolate.health !== undefined && age >= 0 && age < keptMilliseconds) return isolate.health;
  const check = async (name: keyof Health["checks"], work: () => Promise<unknown>): Promise<"ok" | "fails"> => {
    try {
      await withDeadline(clock, checkSeconds, work);
      return "ok";
    } catch (cause) {
      log({ level: "error", message: "a check of health fails", check: name, cause: String(cause) });
      return "fails";
    }
  };
  const [masters, derivatives, drawing] = await Promise.all([
    check("masters", () => buckets.masters.head("health")),
    check("derivatives", () => buckets.derivatives.head("health")),
    check("drawing", () => drawProbe(services, visit)),
  ]);
  const health = { checkedAt: clock.now(), checks: { masters, derivatives, drawing } };
  isolate.health = health;
  return health;
}
