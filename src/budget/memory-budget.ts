import { ImageError } from "../error.ts";
import { AwakeTime } from "./awake-time.ts";
import { type Clock, sleep } from "./clock.ts";
import { maxWaitingBytes } from "./isolate-memory.ts";
import type { Lease, Loan, Patience } from "./lease.ts";
import { Line, type Ticket } from "./line.ts";
import { type Pool, type Share, type ShareLimit, shareLimits } from "./shares.ts";

/** Who has not renewed a lease or a place in line for so long, of time the isolate was awake, may lose it to others. */
export const staleMilliseconds = 3000;

/** Holders renew their leases this often. */
export const renewalMilliseconds = 500;

/** The first in line looks again after so many milliseconds, the second after twice as many, none later than the most. */
const looks = { firstMilliseconds: 2, mostMilliseconds: 100 } as const;

/** Short work passes what came up to so many times its cost earlier: order is fair by cost, and nobody waits for ever. */
const costWeight = 4;

/** What has happened so far in an isolate. */
export interface BudgetCounts {
  /** Waited for memory, and how many were refused after it or because too many waited. */
  waited: number;
  refused: number;
  /** Left the line because their client had. */
  left: number;
  /** Leases and places in line that nobody renewed, taken back when others needed them. */
  lapsed: number;
}

interface Held extends Lease {
  bytes: number;
  isHeld: boolean;
  renewedAt: number;
}

/**
 * The working memory of an isolate, lent in shares. It holds plain values and nothing else: no request ever waits for
 * another one's promise, which the platform would not let it do. Who finds no room stands in line and looks again by a
 * timer of its own; who holds a loan renews it; and whoever dies, in whatever way, stops doing so. What is no longer
 * renewed is taken back as soon as somebody needs it.
 */
export class MemoryBudget {
  readonly #clock: Clock;
  readonly #time: AwakeTime;
  readonly #limits: Readonly<Record<Share, ShareLimit>>;
  readonly #leases = new Set<Held>();
  readonly #lent: Record<Share, number> = { tiles: 0, kernels: 0, draws: 0, streams: 0, bodies: 0 };
  readonly #lines: Readonly<Record<Share, Line>>;
  readonly counts: BudgetCounts = { waited: 0, refused: 0, left: 0, lapsed: 0 };

  /** Makes a budget of which nothing is lent. */
  constructor(clock: Clock, limits: Readonly<Record<Share, ShareLimit>> = shareLimits) {
    this.#clock = clock;
    this.#time = new AwakeTime(clock.now);
    this.#limits = limits;
    this.#lines = {
      tiles: new Line(),
      kernels: new Line(),
      draws: new Line(),
      streams: new Line(),
      bodies: new Line(),
    };
  }

  /** How much is lent now, in bytes: of one share, or of all. */
  lentBytes(share?: Share): number {
    return share === undefined ? Object.values(this.#lent).reduce((sum, bytes) => sum + bytes, 0) : this.#lent[share];
  }

  /** How many stand in line. */
  get waiting(): number {
    return Object.values(this.#lines).reduce((sum, { length }) => sum + length, 0);
  }

  /** Lends at once, or returns undefined where there is no room or others wait for it. */
  tryTake(share: Share, bytes: number): Lease | undefined {
    this.#dropGone(share);
    const isFree = this.#lines[share].length === 0 && this.#makeRoom(share, bytes);
    return isFree ? this.#lend(share, bytes) : undefined;
  }

  /**
   * Lends as soon as there is room. Throws `render-busy` when there was none for `patience`, or when too many wait
   * already, and `client-gone` when the client left the line.
   */
  async take(loan: Loan, patience: Patience): Promise<Lease> {
    const { share, bytes, costMilliseconds, waitingBytes } = loan;
    const lent = this.tryTake(share, bytes);
    if (lent !== undefined) return lent;
    const line = this.#lines[share];
    const waitingInAll = Object.values(this.#lines).reduce((sum, other) => sum + other.waitingBytes, 0);
    if (waitingInAll + waitingBytes > maxWaitingBytes) throw this.#refusal(`${this.waiting} wait already`);
    const since = this.#time.passed;
    const rank = since + costWeight * costMilliseconds;
    const ticket: Ticket = { share, bytes, rank, waitingBytes, seenAt: this.#time.awake };
    line.join(ticket);
    this.counts.waited += 1;
    try {
      for (;;) {
        const ahead = line.ahead(ticket).length;
        const wait = Math.min(looks.firstMilliseconds * (ahead + 1), looks.mostMilliseconds);
        await sleep(this.#clock, wait);
        ticket.seenAt = this.#time.awake;
        if (patience.signal?.aborted) throw this.#leaving();
        this.#dropGone(share);
        if (this.#isNext(ticket) && this.#makeRoom(share, bytes)) return this.#lend(share, bytes);
        if (this.#time.passed - since >= patience.milliseconds) throw this.#refusal(`no room for ${bytes} bytes`);
      }
    } finally {
      line.leave(ticket);
      patience.onWaited?.(this.#time.passed - since);
    }
  }

  /** Says whether all that stand ahead let a ticket pass: those that what is lent may keep out for as long as it likes. */
  #isNext(ticket: Ticket): boolean {
    const { guaranteedBytes } = this.#limits[ticket.share];
    return this.#lines[ticket.share]
      .ahead(ticket)
      .every(({ share, bytes }) => bytes > guaranteedBytes && !this.#fits(share, bytes));
  }

  /** Says whether there is room, after taking back what nobody renews where that is what it takes. */
  #makeRoom(share: Share, bytes: number): boolean {
    if (this.#fits(share, bytes)) return true;
    const { pool } = this.#limits[share];
    const aliveSince = this.#time.awake - staleMilliseconds;
    const stale = [...this.#leases]
      .filter((lease) => this.#limits[lease.share].pool === pool && lease.renewedAt < aliveSince)
      .sort((a, b) => a.renewedAt - b.renewedAt);
    for (const lease of stale) {
      this.#end(lease);
      this.counts.lapsed += 1;
      if (this.#fits(share, bytes)) return true;
    }
    return false;
  }

  #fits(share: Share, bytes: number): boolean {
    const { limitBytes, pool } = this.#limits[share];
    const isWithin = (lent: number, limit: number): boolean => lent === 0 || lent + bytes <= limit;
    return isWithin(this.#lent[share], limitBytes) && isWithin(this.#lentOf(pool), this.#limits[pool].limitBytes);
  }

  #lentOf(pool: Pool): number {
    return pool === "draws" ? this.#lent.draws + this.#lent.streams : this.#lent[pool];
  }

  #lend(share: Share, bytes: number): Lease {
    const time = this.#time;
    const lease: Held = {
      share,
      bytes,
      isHeld: true,
      renewedAt: time.awake,
      renew: () => {
        lease.renewedAt = time.awake;
      },
      shrink: (remaining) => this.#count(lease, Math.min(lease.bytes, remaining)),
      tryGrow: (more) => {
        if (!lease.isHeld || !this.#makeRoom(share, more) || !lease.isHeld) return false;
        this.#count(lease, lease.bytes + more);
        return true;
      },
      release: () => this.#end(lease),
    };
    this.#leases.add(lease);
    this.#lent[share] += bytes;
    return lease;
  }

  #count(lease: Held, bytes: number): void {
    if (!lease.isHeld) return;
    this.#lent[lease.share] += bytes - lease.bytes;
    lease.bytes = bytes;
  }

  #end(lease: Held): void {
    this.#count(lease, 0);
    lease.isHeld = false;
    this.#leases.delete(lease);
  }

  #dropGone(share: Share): void {
    const line = this.#lines[share];
    if (line.length > 0) this.counts.lapsed += line.dropGone(this.#time.awake - staleMilliseconds);
  }

  #refusal(detail: string): ImageError {
    this.counts.refused += 1;
    return new ImageError("render-busy", "The service is busy with other images. Ask again in a moment.", { detail });
  }

  #leaving(): ImageError {
    this.counts.left += 1;
    return new ImageError("client-gone", "The client left before its picture was drawn.");
  }
}
