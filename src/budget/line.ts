import type { Share } from "./shares.ts";

/** A request that waits for memory. Its own timer updates `seenAt`; otherwise it counts as gone. */
export interface Ticket {
  readonly share: Share;
  readonly bytes: number;
  /** The lower goes first. */
  readonly rank: number;
  readonly waitingBytes: number;
  readonly costMilliseconds: number;
  /** Milliseconds of awake time. */
  seenAt: number;
}

/** The requests that wait for one share, in the order of their ranks; equal ranks in order of arrival. */
export class Line {
  readonly #tickets: Ticket[] = [];
  #waitingBytes = 0;

  /** How many are waiting. */
  get length(): number {
    return this.#tickets.length;
  }

  /** What they keep while they wait, in bytes. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** About how long their work will use the processor together, in milliseconds. */
  get costMilliseconds(): number {
    return this.#tickets.reduce((sum, { costMilliseconds }) => sum + costMilliseconds, 0);
  }

  /** Adds a ticket to the line. */
  join(ticket: Ticket): void {
    const after = this.#tickets.findLastIndex(({ rank }) => rank <= ticket.rank);
    this.#tickets.splice(after + 1, 0, ticket);
    this.#waitingBytes += ticket.waitingBytes;
  }

  /** Removes a ticket from the line; one that is not in it changes nothing. */
  leave(ticket: Ticket): void {
    const at = this.#tickets.indexOf(ticket);
    if (at < 0) return;
    this.#tickets.splice(at, 1);
    this.#waitingBytes -= ticket.waitingBytes;
  }

  /** Removes those whose timers have not renewed them since `aliveSince`, and returns how many. */
  dropGone(aliveSince: number): number {
    const gone = this.#tickets.filter(({ seenAt }) => seenAt < aliveSince);
    for (const ticket of gone) this.leave(ticket);
    return gone.length;
  }

  /** Returns those that are ahead of a ticket. */
  ahead(ticket: Ticket): readonly Ticket[] {
    return this.#tickets.slice(0, Math.max(0, this.#tickets.indexOf(ticket)));
  }
}
