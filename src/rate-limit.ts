import { parseRange } from "./access/network.ts";
import type { Clock } from "./budget/clock.ts";
import { withDeadline } from "./budget/deadline.ts";
import { ImageError } from "./error.ts";
import type { CostClass } from "./render/admission.ts";
import type { Visit } from "./visit.ts";

/** A counter of the platform, approximate and for one of its locations. Source: Cloudflare Workers, rate limiting API. */
export interface RateLimiter {
  readonly limit: (asked: { readonly key: string }) => Promise<{ readonly success: boolean }>;
}

/** Who counts pictures that no cache has, by the address that asks. */
export interface RateLimits {
  /** Of tiles and of other small drawings, each by themselves; undefined where nobody counts them. */
  readonly small: RateLimiter | undefined;
  /** Of full renderings. */
  readonly full: RateLimiter | undefined;
  readonly clock: Pick<Clock, "after">;
  /** How long a request waits for the counter. */
  readonly timeoutSeconds: number;
}

/** The counter does not say how long its period is: it is 10 seconds or this. */
const longestPeriodSeconds = 60;

/** Who has version 6 of the protocol has at least this many bits for itself. Source: RFC 6177 §2. */
const hostBits = 64n;

/**
 * Throws `too-many-requests` where an address asks for more than it may of what costs as much. What can't be counted passes: a
 * request without an address, and all while the counter fails or does not answer, which the log says.
 */
export async function refuseOften(limits: RateLimits, cost: CostClass, { address, log }: Visit): Promise<void> {
  const limiter = cost === "full" ? limits.full : limits.small;
  const network = address === undefined ? undefined : networkOf(address);
  if (limiter === undefined || network === undefined) return;
  if (await isWithin(limits, { limiter, key: `${cost} ${network}` }, log)) return;
  throw new ImageError("too-many-requests", "Too many pictures have been asked for from this address.", {
    hint: "Ask more slowly, or for pictures that were asked for before.",
    retrySeconds: longestPeriodSeconds,
  });
}

async function isWithin(
  { clock, timeoutSeconds }: RateLimits,
  { limiter, key }: { readonly limiter: RateLimiter; readonly key: string },
  log: Visit["log"],
): Promise<boolean> {
  try {
    return (await withDeadline(clock, timeoutSeconds, () => limiter.limit({ key }))).success;
  } catch (cause) {
    log({ level: "warn", message: "requests are not counted: the rate limit does not answer", cause: String(cause) });
    return true;
  }
}

/** Returns what stands for all addresses of one subscriber; undefined for a text that is no address. */
export function networkOf(address: string): string | undefined {
  const range = parseRange(address);
  if (range === undefined) return undefined;
  return range.family === 4 ? `4:${range.bits.toString(16)}` : `6:${(range.bits >> hostBits).toString(16)}`;
}
