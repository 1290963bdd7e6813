import type { Clock } from "../budget/clock.ts";
import { DeadlinePassed, withDeadline } from "../budget/deadline.ts";
import { checkBody, DamagedBody, type StoredBody } from "./checked-body.ts";
import { pauseSeconds, type TierPause } from "./pause.ts";
import type { Asking, KeptBody } from "./tier.ts";

/** For how long a put may take, in seconds: no answer waits for it. */
const putSeconds = 10;

/** What a guard takes. */
export interface GuardOptions {
  /** The tier's name in the log. */
  readonly tier: "edge" | "bucket";
  /** For how long a request waits for the tier, in seconds. */
  readonly timeoutSeconds: number;
  readonly pause: TierPause;
  readonly clock: Clock;
  readonly log: (line: object) => void;
}

/** A stored body, and what removes it if it turns out damaged. */
export interface GuardedBody extends StoredBody {
  readonly key: string;
  readonly remove: () => Promise<unknown>;
}

/** Stands between a request and one tier: failures, deadlines that pass and damage become misses with a line in the log. */
export class TierGuard {
  readonly #options: GuardOptions;

  /** Makes the guard of a tier for all requests of an isolate: it keeps nothing of any request. */
  constructor(options: GuardOptions) {
    this.#options = options;
  }

  /** Does what a request waits for. Returns undefined if it fails, is late, or is left alone. */
  look<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    return this.#attempt(this.#options.timeoutSeconds, work);
  }

  /** Removes something, and says whether it is gone. */
  async remove(work: () => Promise<unknown>): Promise<boolean> {
    const done = await this.look(async () => {
      await work();
      return true;
    });
    return done === true;
  }

  /** Does what no answer waits for, within `putSeconds`, and says whether it was done. */
  async store(work: (signal: AbortSignal) => Promise<unknown>): Promise<boolean> {
    const done = await this.#attempt(putSeconds, async (signal) => {
      await work(signal);
      return true;
    });
    return done === true;
  }

  /** Returns what `open` answers once it is compared with its seal; what is damaged is removed from the tier. */
  read(open: () => Promise<GuardedBody | undefined>, { hold, defer }: Asking): Promise<KeptBody | undefined> {
    return this.look(async (signal) => {
      const opened = await open();
      if (opened === undefined) return undefined;
      const onBroken = (cause: unknown): void => this.#report(cause, { damaged: opened, defer });
      return checkBody(opened, { signal, clock: this.#options.clock, hold, onBroken }).catch((cause: unknown) => {
        if (!(cause instanceof DamagedBody) || signal.aborted) throw cause;
        onBroken(cause);
        return undefined;
      });
    });
  }

  async #attempt<T>(seconds: number, work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    const { pause, clock } = this.#options;
    if (!pause.mayAsk(clock.now() / 1000)) return undefined;
    try {
      const result = await withDeadline(clock, seconds, work);
      pause.answered();
      return result;
    } catch (cause) {
      this.#report(cause);
      return undefined;
    }
  }

  #report(cause: unknown, found?: { readonly damaged: GuardedBody } & Pick<Asking, "defer">): void {
    const { tier, pause, clock, log } = this.#options;
    if (cause instanceof DeadlinePassed) {
      log({ level: "warn", message: "a cache did not answer", tier, seconds: cause.seconds });
      if (pause.missed(clock.now() / 1000))
        log({ level: "warn", message: "a cache is left alone", tier, seconds: pauseSeconds });
      return;
    }
    pause.answered();
    if (cause instanceof DamagedBody && found !== undefined) {
      log({ level: "warn", message: "a kept body is damaged", tier, key: found.damaged.key, cause: cause.message });
      found.defer(this.look(found.damaged.remove));
      return;
    }
    log({ level: "warn", message: "a cache failed", tier, cause: String(cause) });
  }
}
