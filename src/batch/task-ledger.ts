import { DurableObject } from "cloudflare:workers";
import type { ItemFailure, ItemPage, TaskStatus } from "../task/answers.ts";
import type { TaskAction } from "../task/door.ts";
import { isEnded } from "../task/progress.ts";
import type { ItemState } from "../task/states.ts";
import { deadLetter, ItemTable } from "./item-table.ts";
import type {
  ClaimedItem,
  Delivery,
  FoundItems,
  LeaseSeconds,
  LedgerCalls,
  NextTurn,
  Stirring,
  TaskFigures,
  TaskHeader,
} from "./ledger-calls.ts";
import type { ItemOutcome } from "./outcome.ts";
import { ratePerMinute } from "./task-rate.ts";
import { TaskStanding } from "./task-standing.ts";

/** Most messages of a task that are on their way: other tasks come in between. */
const mostQueued = 1000;

/** With fewer on their way, a run sends more. */
const fewQueued = 500;

/** For how long nothing may be heard of any item of a task before its messages count as lost, in milliseconds. */
const silenceMilliseconds = 1_800_000;

/** Items of a page, of a list of failures and of the slowest. */
const itemsPerPage = 100;
const mostFailures = 1000;
const mostSlowest = 20;

/** Items that one call takes back. */
const mostLapsed = 1000;

/**
 * A task: what it is to do, its items and how each stands. There is an object for each task. Nothing is lost where a call
 * comes twice, late, or not at all.
 */
export class TaskLedger extends DurableObject implements Synchronous<LedgerCalls> {
  readonly #sql = this.ctx.storage.sql;
  readonly #task = new TaskStanding(this.#sql);
  readonly #items = new ItemTable(this.#sql);

  create(header: TaskHeader): void {
    this.#task.create(header);
  }

  status(now: number): TaskStatus | undefined {
    const header = this.#task.stated();
    if (header === undefined) return undefined;
    const { state, isListed, endedAt, idle = 0, fault, report } = this.#task.standing();
    const { parts: _, ...told } = header;
    const { counts, seconds, bytesIn, bytesOut, retries } = this.#items.tally;
    const perMinute = ratePerMinute(this.#items.tally, { since: Date.parse(header.createdAt), now });
    const isTimed = isListed && perMinute > 0 && this.#items.open > 0;
    return {
      ...told,
      state,
      counts,
      ...(endedAt === undefined ? {} : { endedAt: new Date(endedAt).toISOString() }),
      ...(idle > 0 ? { idleSeconds: idle / 1000 } : {}),
      total: this.#items.total,
      perMinute,
      ...(isTimed ? { secondsLeft: Math.round((60 * this.#items.open) / perMinute) } : {}),
      seconds,
      bytesIn,
      bytesOut,
      retries,
      ...(fault === undefined ? {} : { fault }),
      ...(report === undefined ? {} : { report }),
    };
  }

  items(state: ItemState | undefined, after: number): ItemPage {
    const items = this.#items.page(state, after, itemsPerPage + 1);
    const page = items.slice(0, itemsPerPage);
    const next = items.length > itemsPerPage ? page.at(-1)?.item : undefined;
    return { items: page, ...(next === undefined ? {} : { next }) };
  }

  act(action: TaskAction, now: number): void {
    if (this.#task.stated() === undefined) return;
    const { state, isListed, endedAt, idle = 0 } = this.#task.standing();
    const isActive = state === "listing" || state === "running";
    const goOn = (): void =>
      this.#task.keep({
        ...{ state: isListed ? "running" : "listing", endedAt: undefined, fault: undefined, report: undefined },
        idle: idle + (endedAt === undefined ? 0 : now - endedAt),
      });
    if (action === "pause" && isActive) this.#task.keep({ state: "paused" });
    if (action === "resume" && state === "paused") {
      // Whatever has become of their messages, they are sent again: one that comes twice does no harm.
      this.#items.lapse("queued", Number.MAX_SAFE_INTEGER, mostQueued);
      goOn();
    }
    if (action === "cancel" && (isActive || state === "paused")) {
      this.#items.cancel(now);
      this.#task.keep({ state: "cancelled", endedAt: now });
    }
    const { failed, cancelled } = this.#items.tally.counts;
    if (action === "retry" && (failed + cancelled > 0 || state === "failed" || state === "cancelled")) {
      this.#items.retry();
      if (state !== "paused") goOn();
    }
    this.#settle(now);
  }

  next(now: number): NextTurn {
    const header = this.#task.stated();
    if (header === undefined) return { listing: undefined, isSending: false, isEnded: true };
    const { heardAt } = this.#task.standing();
    this.#items.lapse("running", now, mostLapsed);
    if (now - heardAt > silenceMilliseconds) this.#items.lapse("queued", now, mostLapsed);
    // Nobody sends what waits in a task that has ended.
    if (isEnded(this.#task.standing().state)) this.#items.cancel(now);
    this.#task.keep({ lastTurn: now, isStirred: false });
    this.#settle(now);
    const { state, parts, after, isListed } = this.#task.standing();
    const isActive = state === "listing" || state === "running";
    // What is paused is still looked for, so that its size is known.
    const isListing = !isListed && (isActive || state === "paused");
    return {
      listing: isListing ? { header, part: parts, after } : undefined,
      isSending: isActive,
      isEnded: isEnded(state) && this.#items.open === 0,
    };
  }

  addItems({ part, items, after, isLast }: FoundItems, now: number): void {
    const { parts, state, isListed } = this.#task.standing();
    if (part !== parts || isListed) return;
    this.ctx.storage.transactionSync(() => {
      this.#items.add(items, isEnded(state) ? "cancelled" : "waiting");
      this.#task.keep({ parts: parts + 1, after, isListed: isLast, heardAt: now });
      if (isLast && state === "listing") this.#task.keep({ state: "running" });
    });
    // A slip in a prefix must not look like work that is done.
    if (isLast && this.#items.total === 0) {
      // A retry looks again.
      this.#task.keep({ parts: 0, after: undefined, isListed: false });
      this.fail({ code: "nothing-found", message: "No key in the bucket of masters begins and ends so." }, now);
    }
    this.#settle(now);
  }

  sendable(most: number): readonly number[] {
    const { state } = this.#task.standing();
    if (state !== "listing" && state !== "running") return [];
    const { queued, running } = this.#items.tally.counts;
    return this.#items.waiting(Math.max(0, Math.min(most, mostQueued - queued - running)));
  }

  sent(items: readonly number[], now: number): void {
    this.#items.queue(items, now + silenceMilliseconds);
  }

  claim(item: number, { message, attempts, now }: Delivery, leaseSeconds: LeaseSeconds): ClaimedItem | undefined {
    const header = this.#task.stated();
    const row = this.#items.find(item);
    if (header === undefined || row === undefined || hasEnded(row.state)) return undefined;
    if (row.state === "running" && row.until > now && !isLaterDelivery(row.holder, { message, attempts }))
      return undefined;
    const { state } = this.#task.standing();
    if (state === "paused" || state === "cancelled") {
      this.#items.putBack(row, state === "paused" ? "waiting" : "cancelled", { until: 0 });
      this.#settle(now);
      return undefined;
    }
    const holder = `${message}#${attempts}`;
    this.#items.begin(row, { holder, until: now + 1000 * leaseSeconds[header.kind], now });
    this.#task.keep({ heardAt: now });
    return { item, key: row.key, identifier: row.identifier, header, holder };
  }

  report(item: number, outcome: ItemOutcome, now: number): Stirring {
    const row = this.#items.find(item);
    if (row === undefined || hasEnded(row.state)) return { isStirring: false };
    this.#items.end(row, outcome, now);
    return this.#stir(now);
  }

  hold(item: number, { holder, until }: { readonly holder: string; readonly until: number }, now: number): boolean {
    const row = this.#items.find(item);
    if (row?.state !== "running" || row.holder !== holder) return false;
    if (this.#task.standing().state === "cancelled") {
      this.#items.putBack(row, "cancelled", { until: 0 });
      return false;
    }
    this.#items.hold(item, until);
    this.#task.keep({ heardAt: now });
    return true;
  }

  release(
    item: number,
    { holder, failure, until }: { readonly holder: string; readonly failure: ItemFailure; readonly until: number },
  ): void {
    const row = this.#items.find(item);
    if (row?.state !== "running" || row.holder !== holder) return;
    this.#items.putBack(row, "queued", { until: until + silenceMilliseconds, failure });
  }

  putBack(item: number, now: number): Stirring {
    const row = this.#items.find(item);
    if (row?.state !== "queued") return { isStirring: false };
    this.#items.putBack(row, "waiting", { until: 0 });
    return this.#stir(now);
  }

  bury(item: number, now: number): Stirring {
    const row = this.#items.find(item);
    if (row === undefined || hasEnded(row.state)) return { isStirring: false };
    const last = row.failure === undefined ? "" : ` The last time: ${row.failure.message} (${row.failure.code})`;
    const times = row.tries === 1 ? "once" : `${row.tries} times`;
    const failure = { code: deadLetter, message: `It was tried ${times}, and not done.${last}` };
    if (row.state === "running" && row.until > now) {
      // Somebody may still work on it; if nobody does, it has failed once its lease has lapsed.
      this.#items.mark(row, failure);
      return { isStirring: false };
    }
    this.#items.end(row, { state: "failed", seconds: {}, bytesIn: 0, bytesOut: 0, failure }, now);
    return this.#stir(now);
  }

  fail(fault: ItemFailure, now: number): void {
    const { state } = this.#task.standing();
    if (isEnded(state)) return;
    this.#items.cancel(now);
    this.#task.keep({ state: "failed", fault, endedAt: now });
  }

  figures(now: number): TaskFigures {
    const status = this.status(now);
    if (status === undefined) throw new Error("There is no such task.");
    const [median = {}, p95 = {}] = this.#items.quantiles([0.5, 0.95]);
    return {
      status,
      median,
      p95,
      spread: this.#items.spread(),
      slowest: this.#items.slowest(mostSlowest),
      failures: [...this.#items.page("failed", 0, mostFailures), ...this.#items.page("refused", 0, mostFailures)].slice(
        0,
        mostFailures,
      ),
    };
  }

  reported(key: string): boolean {
    const isStill = isEnded(this.#task.standing().state) && this.#items.open === 0;
    if (isStill) this.#task.keep({ report: key });
    return isStill;
  }

  run(): { readonly run: number; readonly lastTurn: number } {
    const { run, lastTurn } = this.#task.standing();
    return { run, lastTurn };
  }

  nextRun(run: number, now: number): number | undefined {
    if (this.#task.standing().run !== run) return undefined;
    this.#task.keep({ run: run + 1, lastTurn: now });
    return run + 1;
  }

  /** The task is done when each item has ended. */
  #settle(now: number): void {
    const { state, isListed } = this.#task.standing();
    if (state === "running" && isListed && this.#items.open === 0) this.#task.keep({ state: "done", endedAt: now });
  }

  /** The run is told once, and then looks. */
  #stir(now: number): Stirring {
    this.#task.keep({ heardAt: now });
    this.#settle(now);
    const { state, isStirred } = this.#task.standing();
    const { waiting, queued, running } = this.#items.tally.counts;
    const hasMore = state === "running" && waiting > 0 && queued + running < fewQueued;
    const isStirring = !isStirred && (hasMore || (isEnded(state) && this.#items.open === 0));
    if (isStirring) this.#task.keep({ isStirred: true });
    return { isStirring };
  }
}

/** The calls of an object as the object answers them. */
type Synchronous<Calls> = {
  readonly [Name in keyof Calls]: Calls[Name] extends (...given: infer Given) => Promise<infer Answer>
    ? (...given: Given) => Answer
    : never;
};

function hasEnded(state: ItemState): boolean {
  return state !== "waiting" && state !== "queued" && state !== "running";
}

/** The same message comes again once the delivery before has ended without an answer; twice at once it has the same number. */
function isLaterDelivery(holder: string | undefined, { message, attempts }: Omit<Delivery, "now">): boolean {
  const [held, number] = holder?.split("#") ?? [];
  return held === message && attempts > Number(number);
}
