import { setTimeout as wait } from "node:timers/promises";
import { type PublicAnswer, publicRequestHeaders, readPublicAnswer } from "../http/public-answer.ts";
import { readRetryAfter } from "../http/retry-after.ts";

/** How long one answer may take, to its end. */
const answerMilliseconds = 120_000;

/** A service that is busy is asked once more after at most this long. */
const mostPauseMilliseconds = 5000;

/** Tells that a service can't be reached: a sentence that says why. */
export class UnreachableError extends Error {}

/**
 * Asks a service for a path and takes the answer to its end, without holding it. One that is busy is asked once more when it
 * says. Throws UnreachableError, and the signal's reason once it is aborted.
 */
export async function askPublicly(url: string, signal: AbortSignal): Promise<PublicAnswer> {
  const first = await ask(url, signal);
  if (first.pauseMilliseconds === undefined) return first.answer;
  const pause = Math.min(first.pauseMilliseconds, mostPauseMilliseconds);
  await wait(pause, undefined, { signal }).catch(() => signal.throwIfAborted());
  return (await ask(url, signal)).answer;
}

interface Asked {
  readonly answer: PublicAnswer;
  /** When to ask again, where the service says it. */
  readonly pauseMilliseconds: number | undefined;
}

async function ask(url: string, signal: AbortSignal): Promise<Asked> {
  try {
    const answer = await fetch(url, {
      headers: publicRequestHeaders,
      signal: AbortSignal.any([signal, AbortSignal.timeout(answerMilliseconds)]),
    });
    const { headers, status } = answer;
    return {
      answer: await readPublicAnswer(answer),
      pauseMilliseconds: status === 503 ? readRetryAfter(headers.get("Retry-After"), Date.now()) : undefined,
    };
  } catch (error) {
    signal.throwIfAborted();
    const { cause } = error as Error;
    throw new UnreachableError(
      `${url} does not answer: ${cause instanceof Error ? cause.message : (error as Error).message}.`,
    );
  }
}
