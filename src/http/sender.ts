import type { Clock } from "../budget/clock.ts";
import type { Lease } from "../budget/lease.ts";
import { renewalMilliseconds } from "../budget/memory-budget.ts";
import { ImageError } from "../error.ts";

/** How a body that was sent in pieces ended. */
export interface SendingEnd {
  /** Sent whole, given up by the client, given up because the client took nothing, or broken off by a failure. */
  readonly kind: "whole" | "abandoned" | "stalled" | "broken";
  /** Encoded bytes sent. */
  readonly byteLength: number;
  readonly failure: unknown;
}

/** What sending a body takes. */
export interface Sending {
  /** What the body is held in. It is renewed while the body is made, but not while the client takes nothing. */
  readonly lease: Lease | undefined;
  readonly clock: Clock;
  /** For how long a client may take nothing. */
  readonly stallMilliseconds: number;
  readonly signal: AbortSignal | undefined;
  /** Length of the whole body, if it is known. */
  readonly byteLength: number | undefined;
}

/** A body on its way. */
export interface Sent {
  readonly readable: ReadableStream<Uint8Array>;
  /** Resolves when the last piece is gone or the body was given up, and its lease was released. Never rejects. */
  readonly ended: Promise<SendingEnd>;
}

/** Pieces are joined until they are worth a chunk, in bytes. */
const chunkBytes = 65_536;

/** Why a body is given up. */
class Ending extends Error {
  readonly kind: SendingEnd["kind"];

  constructor(kind: SendingEnd["kind"], message: string) {
    super(message);
    this.kind = kind;
  }
}

/**
 * Sends a body piece by piece, as fast as the client takes it. Waits for the first piece, so that what fails before it is
 * still answered as an error: it throws what the pieces throw, then with the lease released. A body that fails later, or
 * whose client takes nothing for too long, is broken off: the client sees that it is not whole.
 */
export async function startSending(
  pieces: AsyncGenerator<Uint8Array, void, undefined>,
  sending: Sending,
): Promise<Sent> {
  const { lease, byteLength } = sending;
  const watch = new Watch(sending);
  const chunks = new Chunks(pieces);
  let first: Uint8Array | undefined;
  try {
    first = await chunks.next();
  } catch (error) {
    watch.stop();
    lease?.release();
    throw error;
  }
  const { readable, writable } =
    byteLength === undefined ? new IdentityTransformStream() : new FixedLengthStream(byteLength);
  return { readable, ended: send(writable.getWriter(), { first, chunks, watch, lease }) };
}

/** Cuts a body into the pieces it is sent in. */
export async function* chunksOf(body: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < body.byteLength; at += chunkBytes) yield body.subarray(at, at + chunkBytes);
}

async function send(
  writer: WritableStreamDefaultWriter<Uint8Array>,
  {
    first,
    chunks,
    watch,
    lease,
  }: {
    readonly first: Uint8Array | undefined;
    readonly chunks: Chunks;
    readonly watch: Watch;
    readonly lease: Lease | undefined;
  },
): Promise<SendingEnd> {
  let byteLength = 0;
  try {
    for (let chunk = first; chunk !== undefined; chunk = await chunks.next()) {
      await watch.client(writer.write(chunk));
      byteLength += chunk.byteLength;
    }
    await watch.client(writer.close());
    return { kind: "whole", byteLength, failure: undefined };
  } catch (failure) {
    // Not waited for: a client that takes nothing does not take this either.
    writer.abort(failure).catch(() => undefined);
    await chunks.end();
    return { kind: kindOf(failure, watch), byteLength, failure };
  } finally {
    watch.stop();
    lease?.release();
  }
}

/** Reads for a client that has gone may end before its connection does. */
function kindOf(failure: unknown, { wasWriting }: Watch): SendingEnd["kind"] {
  if (failure instanceof Ending) return failure.kind;
  const hasGone = wasWriting || (failure instanceof ImageError && failure.code === "client-gone");
  return hasGone ? "abandoned" : "broken";
}

/** Joins pieces to chunks in one buffer, each of which is taken before the next is asked for: nothing is left to be collected. */
class Chunks {
  readonly #pieces: AsyncGenerator<Uint8Array, void, undefined>;
  #buffer = new Uint8Array(0);

  constructor(pieces: AsyncGenerator<Uint8Array, void, undefined>) {
    this.#pieces = pieces;
  }

  /** Returns the next chunk, which is good until the one after it is asked for; undefined at the end. */
  async next(): Promise<Uint8Array | undefined> {
    let length = 0;
    while (length < chunkBytes) {
      const { done, value: piece } = await this.#pieces.next();
      if (done) break;
      if (length === 0 && piece.byteLength >= chunkBytes) return piece;
      if (length + piece.byteLength > this.#buffer.byteLength) this.#grow(length, piece.byteLength);
      this.#buffer.set(piece, length);
      length += piece.byteLength;
    }
    return length === 0 ? undefined : this.#buffer.subarray(0, length);
  }

  /** Ends the making of pieces. Never throws. */
  async end(): Promise<void> {
    await this.#pieces.return().catch(() => undefined);
  }

  #grow(length: number, more: number): void {
    const grown = new Uint8Array(Math.max(chunkBytes, length) + more);
    grown.set(this.#buffer.subarray(0, length));
    this.#buffer = grown;
  }
}

/** Looks after a sending by a timer of its own request: renews its lease, and ends waits that take too long. */
class Watch {
  readonly #sending: Sending;
  readonly #stopTimer: () => void;
  #since: number | undefined;
  #giveUp: ((ending: Ending) => void) | undefined;
  /** Whether the last thing that was waited for was the client. */
  wasWriting = false;

  constructor(sending: Sending) {
    this.#sending = sending;
    this.#stopTimer = sending.clock.every(renewalMilliseconds, () => this.#look());
  }

  /** Waits for the client to take something. Throws an Ending when it takes too long or there is nobody to wait for. */
  async client<T>(taking: Promise<T>): Promise<T> {
    this.#since = this.#sending.clock.now();
    this.wasWriting = true;
    // A failure shows through the race, or to nobody once that is over.
    taking.catch(() => undefined);
    const ending = new Promise<never>((_, reject) => {
      this.#giveUp = reject;
    });
    const taken = await Promise.race([taking, ending]);
    this.#since = undefined;
    this.wasWriting = false;
    this.#sending.lease?.renew();
    return taken;
  }

  stop(): void {
    this.#stopTimer();
  }

  #look(): void {
    const { lease, clock, stallMilliseconds, signal } = this.#sending;
    if (this.#since === undefined) lease?.renew();
    else if (signal?.aborted) this.#giveUp?.(new Ending("abandoned", "the client has gone"));
    else if (lease?.isHeld === false) {
      this.#giveUp?.(new Ending("stalled", "others needed the memory of a body that the client did not take"));
    } else if (clock.now() - this.#since >= stallMilliseconds) {
      this.#giveUp?.(new Ending("stalled", `the client took nothing for ${stallMilliseconds} ms`));
    }
  }
}
