import type { Clock } from "../budget/clock.ts";
import { withDeadline } from "../budget/deadline.ts";
import type { Origin } from "../config/origins.ts";
import { ImageError } from "../error.ts";
import { type OriginObject, objectAt } from "../identity/origin-object.ts";
import { availableBytes } from "../source/byte-source.ts";
import { type ObjectVersion, type StoredObject, sourceChanged } from "../source/stored-object.ts";
import { type Found, readRangeAnswer } from "./range-answer.ts";
import { rangeRequest, type SigningKeys } from "./request.ts";
import { conditionOf } from "./validator.ts";

/** What reading from other servers takes. */
export interface OriginReader {
  readonly clock: Clock;
  /** For how long one answer is waited for, its body included. */
  readonly timeoutSeconds: number;
  readonly signingKeys: SigningKeys;
}

/**
 * Returns an object of an origin as masters are read from it: by ranges, each pinned by If-Match, or by
 * If-Unmodified-Since where there is no strong ETag, and compared with what came. Its calls throw `storage-failed`,
 * `origin-unsuitable`, `config-invalid`, and `client-gone` once `signal` is aborted.
 */
export function originObject(
  reader: OriginReader,
  object: OriginObject,
  signal: AbortSignal | undefined,
): StoredObject {
  const ask = (range: { readonly offset: number; readonly length: number }, pinned?: ObjectVersion) =>
    askRange(reader, object, { ...range, pinned, signal });
  const at: StoredObject["at"] = (pinned) => ({
    ...pinned,
    async read(offset, length) {
      const wanted = availableBytes(offset, length, pinned.size);
      if (wanted === 0) return new Uint8Array(0);
      const found = await ask({ offset, length: wanted }, pinned);
      if (typeof found === "string") throw sourceChanged();
      return found.bytes;
    },
  });
  return {
    at,
    async open(prefixBytes) {
      const found = await ask({ offset: 0, length: prefixBytes });
      if (typeof found === "string") return undefined;
      const { size, version, bytes: prefix } = found;
      return { source: at({ size, version }), prefix };
    },
    async head() {
      // What is asked is what is read: some servers answer HEAD in another way.
      const found = await ask({ offset: 0, length: 1 });
      return typeof found === "string" ? undefined : { size: found.size, version: found.version };
    },
  };
}

/** Asks an origin for an object that need not be there. Throws what reading throws if it does not answer as it has to. */
export async function checkOrigin(reader: OriginReader, origin: Origin): Promise<void> {
  const object = objectAt(origin, `${origin.prefix}health`);
  await askRange(reader, object, { offset: 0, length: 1, pinned: undefined, signal: undefined });
}

interface Reading {
  readonly offset: number;
  readonly length: number;
  readonly pinned: ObjectVersion | undefined;
  readonly signal: AbortSignal | undefined;
}

async function askRange(
  { clock, timeoutSeconds, signingKeys }: OriginReader,
  object: OriginObject,
  { offset, length, pinned, signal }: Reading,
): Promise<Found | "missing" | "changed"> {
  const condition = pinned === undefined ? undefined : conditionOf(pinned.version);
  try {
    return await withDeadline(clock, timeoutSeconds, async (deadline) => {
      const { url, headers } = await rangeRequest(object, { offset, length, condition }, signingKeys);
      const response = await fetch(url, {
        headers,
        redirect: "manual",
        // A cache between would answer with a file that was replaced.
        cache: "no-store",
        signal: signal === undefined ? deadline : AbortSignal.any([deadline, signal]),
      });
      try {
        return await readRangeAnswer(response, { object, offset, length, condition, pinned, now: clock.now() });
      } finally {
        await dropBody(response);
      }
    });
  } catch (cause) {
    if (cause instanceof ImageError) throw cause;
    if (signal?.aborted) throw new ImageError("client-gone", "The client left before its picture was drawn.");
    const detail = `${object.origin.base}${object.path}`;
    throw new ImageError("storage-failed", "The storage does not respond. Try again.", { cause, detail });
  }
}

/** A body that nobody reads would keep its connection open, and come to its end. */
async function dropBody({ body }: Response): Promise<void> {
  try {
    await body?.cancel();
  } catch {
    // It was read, or broke off: nothing is left of it.
  }
}
