import { ImageError } from "../error.ts";
import { AwakeTime } from "./awake-time.ts";
import { type Clock, sleep } from "./clock.ts";
import {
  maxLargeWaitingBytes,
  maxStreamsWaitingBytes,
  maxWaitingBytes,
  waitingRequestBytes,
} from "./isolate-memory.ts";
import type { Lease, Loan, Patience } from "./lease.ts";
import { Line, type Ticket } from "./line.ts";
import {
  largePools,
  ofEachShare,
  type Pool,
  type Share,
  type ShareLimit,
  shareLimits,
  shares,
  spareBytes,
  sparePool,
} from "./shares.ts";
import { Turns } from "./turns.ts";

/**
 * A holder that has not renewed a lease or a place in line for this long, measured while the isolate was awake, may
 * lose it to others.
 */
export const staleMilliseconds = 3000;

/** Holders renew their leases this often. */
export const renewalMilliseconds = 500;

/**
 * The first in line checks again after this many milliseconds, the second after twice as many, nobody later than the
 * maximum.
 */
const looks = { firstMilliseconds: 2, mostMilliseconds: 100 } as const;

/**
 * Short work overtakes work that came up to this many times its cost earlier: the order is fair by cost, and nobody
 * waits forever.
 */
const costWeight = 4;

/** What has happened so far in an isolate. */
export interface BudgetCounts {
  /** How many waited for memory, and how many were refused after that or because too many waited. */
  waited: number;
  refused: number;
  /** How many left the line because their client had left. */
  left: number;
  /** Leases and places in line that nobody renewed and that were taken back when others needed them. */
  lapsed: number;
}

/** What is told to ask again in, at most: a queue is never foretold for longer. */
const mostRetrySeconds = 120;

interface Held extends Lease {
  bytes: number;
  costMilliseconds: number;
  isHeld: boolean;
  renewedAt: number;
}

/**
 * The working memory of an isolate, lent in shares. It only holds plain values: no request ever waits for another one's
 * promise, which the platform would not allow. A request that finds no room waits in line and checks again by its own
 * timer; one that holds a loan renews it; one that dies, in whatever way, stops renewing. What is no longer renewed is
 * taken back as soon as somebody needs it.
 */
export class MemoryBudget {
  readonly #clock: Clock;
  readonly #time: AwakeTime;
  readonly #limits: Readonly<Record<Share, ShareLimit>>;
  readonly #leases = new Set<Held>();
  readonly #lent = ofEachShare(() => 0);
  readonly #lines: Readonly<Record<Share, Line>> = ofEachShare(() => new Line());
  /** Whose turn it is to compute, among large drawings. */
  readonly turns: Turns;
  readonly counts: BudgetCounts = { waited: 0, refused: 0, left: 0, lapsed: 0 };

  /** Makes a budget with nothing lent. */
  constructor(clock: Clock, limits: Readonly<Record<Share, ShareLimit>> = shareLimits) {
    this.#clock = clock;
    this.#time = new AwakeTime(clock.now);
    this.#limits = limits;
    this.turns = new Turns(clock);
  }

  /** How much is lent now, in bytes: from one share, or from all. */
  lentBytes(share?: Share): number {
    return share === undefined ? Object.values(this.#lent).reduce((sum, bytes) => sum + bytes, 0) : this.#lent[share];
  }

  /** How many are waiting in line. */
  get waiting(): number {
    return Object.values(this.#lines).reduce((sum, { length }) => sum + length, 0);
  }

  /** Lends at once, or returns undefined if there is no room or others are waiting for it. */
  tryTake(share: Share, bytes: number): Lease | undefined {
    this.#dropGone();
    const isFree = this.#lines[share].length === 0 && this.#makeRoom(share, bytes);
    return isFree ? this.#lend(share, { bytes, costMilliseconds: 0 }) : undefined;
  }

  /**
   * Lends as soon as there is room. Throws `render-busy` if there was none for `patience`, or if too many are waiting
   * already, with the seconds that those before it will compute for; and `client-gone` if the client left.
   */
  async take(loan: Loan, patience: Patience): Promise<Lease> {
    const { share, bytes, costMilliseconds, waitingBytes = waitingRequestBytes } = loan;
    this.#dropGone();
    const line = this.#lines[share];
    if (line.length === 0 && this.#makeRoom(share, bytes)) return this.#lend(share, loan);
    if (!this.#mayWait(share, waitingBytes)) throw this.#refusal(share, `${this.waiting} are already waiting`);
    const since = this.#time.passed;
    const rank = since + costWeight * costMilliseconds;
    const ticket: Ticket = { share, bytes, rank, waitingBytes, costMilliseconds, seenAt: this.#time.awake };
    line.join(ticket);
    this.counts.waited += 1;
    try {
      for (;;) {
        const ahead = line.ahead(ticket).length;
        const wait = Math.min(looks.firstMilliseconds * (ahead + 1), looks.mostMilliseconds);
        await sleep(this.#clock, wait);
        ticket.seenAt = this.#time.awake;
        if (patience.signal?.aborted) throw this.#leaving();
        this.#dropGone();
        if (this.#isNext(ticket) && this.#makeRoom(share, bytes)) return this.#lend(share, loan);
        if (this.#time.passed - since >= patience.milliseconds) {
          line.leave(ticket);
          throw this.#refusal(share, `no room for ${bytes} bytes`);
        }
      }
    } finally {
      line.leave(ticket);
      patience.onWaited?.(this.#time.passed - since);
    }
  }

  /**
   * Returns whether there is a place in line: for what is small also when large drawings have taken all of theirs, and beyond
   * that while these leave memory.
   */
  #mayWait(share: Share, waitingBytes: number): boolean {
    const mayKeep = (of: readonly Share[], mostBytes: number): boolean =>
      !of.includes(share) || this.#waitingBytes(of) + waitingBytes <= mostBytes;
    const large = shares.filter((other) => largePools.includes(this.#limits[other].pool));
    return (
      mayKeep(shares, maxWaitingBytes + this.#spareBytes()) &&
      mayKeep(large, maxLargeWaitingBytes) &&
      mayKeep(["streams"], maxStreamsWaitingBytes)
    );
  }

  #waitingBytes(of: readonly Share[]): number {
    return of.reduce((sum, share) => sum + this.#lines[share].waitingBytes, 0);
  }

  /** How much those that wait may keep beyond what is theirs, in bytes. */
  #spareBytes(): number {
    const taken = this.#lentTo(sparePool);
    return Math.min(spareBytes, Math.max(0, this.#limits[sparePool].limitBytes - taken));
  }

  /**
   * Returns whether everyone ahead lets a ticket pass: those that current loans may keep waiting for an unlimited time.
   */
  #isNext(ticket: Ticket): boolean {
    const { guaranteedBytes } = this.#limits[ticket.share];
    return this.#lines[ticket.share]
      .ahead(ticket)
      .every(({ share, bytes }) => bytes > guaranteedBytes && !this.#fits(share, bytes));
  }

  /** Returns whether there is room, after taking back unrenewed loans if that is necessary. */
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
    return isWithin(this.#lent[share], limitBytes) && isWithin(this.#takenOf(pool), this.#limits[pool].limitBytes);
  }

  /** What is taken of a pool, in bytes: by loans, and by those that wait and keep more than what is theirs. */
  #takenOf(pool: Pool): number {
    const kept = pool === sparePool ? Math.max(0, this.#waitingBytes(shares) - maxWaitingBytes) : 0;
    return this.#lentTo(pool) + kept;
  }

  #lentTo(pool: Pool): number {
    let sum = 0;
    for (const share of shares) if (this.#limits[share].pool === pool) sum += this.#lent[share];
    return sum;
  }

  #lend(
    share: Share,
    { bytes, costMilliseconds, unrenewedMilliseconds = 0 }: Omit<Loan, "share" | "waitingBytes">,
  ): Lease {
    const time = this.#time;
    const lease: Held = {
      share,
      bytes,
      costMilliseconds,
      isHeld: true,
      renewedAt: time.awake + unrenewedMilliseconds,
      renew: () => {
        lease.renewedAt = time.awake;
      },
      shrink: (remaining) => {
        lease.costMilliseconds = 0;
        this.#count(lease, Math.min(lease.bytes, remaining));
      },
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

  /** In all lines: what one keeps may be what another needs. */
  #dropGone(): void {
    for (const share of shares) {
      const line = this.#lines[share];
      if (line.length > 0) this.counts.lapsed += line.dropGone(this.#time.awake - staleMilliseconds);
    }
  }

  #refusal(share: Share, detail: string): ImageError {
    this.counts.refused += 1;
    const retrySeconds = this.#busySeconds(this.#limits[share].pool);
    const message = "The service is busy with other images. Try again in a moment.";
    return new ImageError("render-busy", message, { detail, retrySeconds });
  }

  /** Returns how long those who hold memory of a pool or wait for it will compute, in whole seconds from 1. */
  #busySeconds(pool: Pool): number {
    const held = [...this.#leases].filter(({ share }) => this.#limits[share].pool === pool);
    const waiting = shares.filter((share) => this.#limits[share].pool === pool).map((share) => this.#lines[share]);
    const milliseconds = [...held, ...waiting].reduce((sum, { costMilliseconds }) => sum + costMilliseconds, 0);
    return Math.min(Math.max(1, Math.ceil(milliseconds / 1000)), mostRetrySeconds);
  }

  #leaving(): ImageError {
    this.counts.left += 1;
    return new ImageError("client-gone", "The client left before its picture was drawn.");
  }
}
