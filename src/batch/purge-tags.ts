import { answered, type Jobs } from "./jobs.ts";

/**
 * Purges tags of what was written under `key`. It is there by then: a cache that can't be purged now is told in the log, and
 * lapses.
 */
export async function purgeTags(jobs: Jobs, tags: readonly string[], key: string): Promise<void> {
  try {
    const { state, reason } = await answered(jobs, () => jobs.purge(tags));
    if (state === "refused") throw new Error(reason);
  } catch (error) {
    jobs.log({ level: "error", message: "answers about what was written were not purged", key, cause: String(error) });
  }
}
