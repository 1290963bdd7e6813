import { DurableObject } from "cloudflare:workers";
import { withDeadline } from "./budget/deadline.ts";
import { Audit, type AuditLine } from "./operation/audit.ts";
import { Hours, type WaitingHours } from "./operation/hours.ts";
import type { PurgeState } from "./operation/ledger.ts";
import { PurgeLine } from "./operation/purge-line.ts";
import type { PurgeAnswer } from "./operation/workers-cache.ts";
import type { Batch } from "./statistics/counter.ts";
import { platformClock } from "./timers.ts";

/** What the Worker is called with to purge its own cache: only a loopback binding can give it. */
export interface PurgeProps {
  readonly purge: readonly string[];
}

/** What it is asked for then, which no visitor can ask for with such properties. */
export const purgeUrl = "https://purge.invalid/";

/** How long one call may take, in seconds. */
const callSeconds = 10;

/** For how long the caller may wait for further calls, in milliseconds. */
const patienceMilliseconds = 10_000;

/** The alarm goes off after this time, in milliseconds, or when the platform takes the next call, if that is later. */
const pauseMilliseconds = 12_000;

/**
 * The one place, of a service, where it stands written what waits to be purged, who did what, and what isolates have
 * counted. What waits is purged by its alarm, and is told until then.
 */
export class Ledger extends DurableObject {
  readonly #line = new PurgeLine(this.ctx.storage.sql);
  readonly #audit = new Audit(this.ctx.storage.sql);
  readonly #hours = new Hours(this.ctx.storage.sql);
  #isPurging = false;

  /**
   * Purges tags from Workers Cache as far as the platform takes it now, and the others as soon as it does; and all of them
   * once more when no isolate trusts any longer what it had read before, in `againSeconds`.
   */
  async purge(tags: readonly string[], againSeconds: number): Promise<PurgeState> {
    this.#line.add(tags);
    this.#line.addLater(tags, Date.now() + 1000 * againSeconds);
    return this.#purgeWaiting();
  }

  /** Returns how many tags wait. */
  waiting(): number {
    return this.#line.length;
  }

  /** Writes down what somebody did. */
  note(line: AuditLine): void {
    this.#audit.add(line);
  }

  /** Returns the latest lines of what was done, the last one first. */
  latest(count: number): readonly AuditLine[] {
    return this.#audit.latest(count);
  }

  /** Adds what an isolate has counted. Returns the hours that were dropped for it. */
  count(batch: Batch): readonly string[] {
    return this.#hours.add(batch);
  }

  /** Returns a batch of an hour before `hour`, to be written; undefined if none waits. */
  closeHour(hour: string): string | undefined {
    return this.#hours.close(hour);
  }

  /** Forgets a batch that is written. */
  dropHour(name: string): void {
    this.#hours.drop(name);
  }

  /** Returns hours that are not written yet, the latest ones first. */
  waitingHours(before?: string): WaitingHours {
    return this.#hours.waiting(before);
  }

  override async alarm(): Promise<void> {
    await this.#purgeWaiting();
  }

  /** One call after another; who comes meanwhile has put his tags in line. */
  async #purgeWaiting(): Promise<PurgeState> {
    if (this.#isPurging) return { state: "waiting", waiting: this.#line.length };
    this.#isPurging = true;
    try {
      return await this.#callWhileAllowed();
    } finally {
      this.#isPurging = false;
    }
  }

  async #callWhileAllowed(): Promise<PurgeState> {
    const until = Date.now() + patienceMilliseconds;
    let last: PurgeAnswer = { state: "purged" };
    for (;;) {
      const now = Date.now();
      const next = this.#line.takeDue(now);
      const batch = this.#line.first();
      const waiting = this.#line.length;
      if (batch === undefined) {
        if (next === undefined) await this.ctx.storage.deleteAlarm();
        else await this.ctx.storage.setAlarm(next);
        return { ...last, waiting };
      }
      const wait = this.#line.wait(now);
      // Before the call: whatever becomes of this object, its alarm goes on.
      await this.ctx.storage.setAlarm(now + Math.max(wait, pauseMilliseconds));
      if (last.state === "refused") return { ...last, waiting };
      if (wait > 0 || now > until) return { state: "waiting", waiting };
      this.#line.countCall(now);
      last = await this.#call(batch.tags);
      if (last.state !== "refused") this.#line.remove(batch);
    }
  }

  /** The cache belongs to the entrypoint that answers visitors: it is called to purge its own. */
  async #call(purge: readonly string[]): Promise<PurgeAnswer> {
    const props: PurgeProps = { purge };
    try {
      const answering = this.ctx.exports.default({ props });
      return await withDeadline(platformClock, callSeconds, async (signal) => {
        const answer = await answering.fetch(purgeUrl, { method: "POST", signal });
        return answer.json<PurgeAnswer>();
      });
    } catch (error) {
      return { state: "refused", reason: String(error) };
    }
  }
}
