import type { Config } from "../config.ts";

/** How long an answer may be on its way that was begun with what was trusted then, in seconds: it waits for memory, and is drawn. */
const answerSeconds = 30;

/**
 * Returns after how many seconds what is purged is purged once more. Another isolate trusts what it has read for
 * `MASTER_TTL_SECONDS`: what it answers meanwhile, the cache in front keeps again.
 */
export function againSeconds({ masterTtlSeconds, renderWaitSeconds }: Config): number {
  return masterTtlSeconds + renderWaitSeconds + answerSeconds;
}
