import type { Clock } from "../budget/clock.ts";
import { withDeadline } from "../budget/deadline.ts";
import { concatenate } from "../bytes.ts";
import { formatDigest, sha256 } from "../digest.ts";
import { maxWholeBytes } from "../limits.ts";
import type { Seal } from "./seal.ts";
import type { Hold, KeptBody } from "./tier.ts";

/** Says that what was kept is not what comes back. */
export class DamagedBody extends Error {
  override readonly name = "DamagedBody";
}

/** What a tier answered, not compared yet. */
export interface StoredBody {
  readonly seal: Seal | undefined;
  /** Length that the tier itself states, if it does. */
  readonly statedBytes: number | undefined;
  readonly body: ReadableStream<Uint8Array>;
}

/** What comparing takes. */
export interface Checking {
  /** Aborted when nobody waits for it any longer. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly hold: Hold;
  /** Told why a stream broke off. */
  readonly onBroken: (cause: unknown) => void;
}

/** For how long a stream waits for its next bytes, in seconds; what a slow reader takes does not count. */
const chunkSeconds = 10;

/** For how long a stream that is wanted whole may take, in seconds. */
const wholeSeconds = 10;

/**
 * Compares what a tier answered with its seal: up to `maxWholeBytes` read whole if there is memory to hold them, else
 * the stated length now and the rest as it streams. Throws DamagedBody, what reading throws, and the reason of `signal`
 * once that is aborted.
 */
export async function checkBody(
  { seal, statedBytes, body }: StoredBody,
  { signal, clock, hold, onBroken }: Checking,
): Promise<KeptBody> {
  const reader = body.getReader();
  const letGo = (): void => void reader.cancel(signal.reason).catch(() => undefined);
  signal.addEventListener("abort", letGo);
  try {
    signal.throwIfAborted();
    if (seal === undefined) throw new DamagedBody("it carries no checksum");
    const { byteLength } = seal;
    if (statedBytes !== undefined && statedBytes !== byteLength) throw ofLength(statedBytes, seal);
    const lease = byteLength <= maxWholeBytes ? hold(byteLength) : undefined;
    if (lease === undefined) return { ...seal, lease, body: await openStream(reader, seal, { clock, onBroken }) };
    try {
      return { ...seal, lease, body: await readWhole(reader, seal) };
    } catch (cause) {
      lease.release();
      throw cause;
    }
  } catch (cause) {
    letGo();
    throw cause;
  } finally {
    signal.removeEventListener("abort", letGo);
  }
}

/**
 * Returns all bytes of what is kept. Throws what a stream breaks off with, DeadlinePassed if it takes longer than
 * `wholeSeconds`, RangeError above `limitBytes`.
 */
export async function wholeBody(
  { byteLength, body }: KeptBody,
  { limitBytes, clock }: { readonly limitBytes: number; readonly clock: Clock },
): Promise<Uint8Array> {
  if (body instanceof Uint8Array) return body;
  if (byteLength > limitBytes) {
    await body.cancel();
    throw new RangeError(`${byteLength} bytes, above the limit of ${limitBytes}`);
  }
  return withDeadline(clock, wholeSeconds, async (signal) => {
    // A stream that is longer breaks off by itself.
    const whole = new Uint8Array(byteLength);
    let at = 0;
    for await (const part of body) {
      signal.throwIfAborted();
      whole.set(part, at);
      at += part.byteLength;
    }
    return whole;
  });
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;

async function readWhole(reader: Reader, seal: Seal): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let byteLength = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    byteLength += value.byteLength;
    if (byteLength > seal.byteLength) throw ofLength(byteLength, seal);
    parts.push(value);
  }
  const bytes = concatenate(parts);
  compare({ byteLength, sha256: await sha256(bytes) }, seal);
  return bytes;
}

/** Waits for the first chunk, so that a tier that sends none is still a miss; then sends each chunk once the next is there. */
async function openStream(
  reader: Reader,
  seal: Seal,
  { clock, onBroken }: Pick<Checking, "clock" | "onBroken">,
): Promise<ReadableStream<Uint8Array>> {
  const hash = new crypto.DigestStream("SHA-256");
  const hashing = hash.getWriter();
  // Nobody waits for the hash of a stream that broke off.
  hash.digest.catch(() => undefined);
  let byteLength = 0;
  const next = async (): Promise<Uint8Array | undefined> => {
    const { done, value } = await reader.read();
    if (done) {
      await hashing.close();
      compare({ byteLength, sha256: formatDigest(await hash.digest) }, seal);
      return undefined;
    }
    byteLength += value.byteLength;
    if (byteLength > seal.byteLength) throw ofLength(byteLength, seal);
    await hashing.write(value);
    return value;
  };
  const letGo = async (reason: unknown): Promise<void> => {
    await Promise.allSettled([reader.cancel(reason), hashing.abort(reason)]);
  };
  let held = await next();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const following = await withDeadline(clock, chunkSeconds, next);
          if (held !== undefined) controller.enqueue(held);
          held = following;
          if (following === undefined) controller.close();
        } catch (cause) {
          controller.error(cause);
          onBroken(cause);
          await letGo(cause);
        }
      },
      cancel: letGo,
    },
    { highWaterMark: 0 },
  );
}

function compare(found: Seal, seal: Seal): void {
  if (found.byteLength !== seal.byteLength) throw ofLength(found.byteLength, seal);
  if (found.sha256 !== seal.sha256) throw new DamagedBody("its checksum differs");
}

function ofLength(byteLength: number, seal: Seal): DamagedBody {
  return new DamagedBody(`${byteLength} bytes of ${seal.byteLength}`);
}
