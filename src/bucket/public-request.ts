import { setTimeout as wait } from "node:timers/promises";
import { readRetryAfter } from "../http/retry-after.ts";

/** How long one answer may take, to its end. */
const answerMilliseconds = 120_000;

/** A service that is busy is asked once more after at most this long. */
const mostPauseMilliseconds = 5000;

/** The longest text of an answer that is looked into. */
const mostTextBytes = 1 << 20;

/** What a service answered to a request that anybody may send. */
export interface PublicAnswer {
  readonly status: number;
  /** Name of the fault; undefined where the answer has none. */
  readonly code: string | undefined;
  /** How the picture was made, as Server-Timing says. */
  readonly strategy: string | undefined;
  readonly bytes: number;
  /** Of a short answer that is JSON. */
  readonly json: unknown;
}

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
      headers: { Accept: "application/json, image/*;q=0.9" },
      signal: AbortSignal.any([signal, AbortSignal.timeout(answerMilliseconds)]),
    });
    const { headers, status } = answer;
    const isJson = /\bjson\b/.test(headers.get("Content-Type") ?? "");
    const { bytes, text } = await readBody(answer, isJson);
    const json = isJson ? parseJson(text) : undefined;
    const code = (json as { readonly code?: unknown } | undefined)?.code;
    const strategy = /\bstrategy;desc="(\w+)"/.exec(headers.get("Server-Timing") ?? "")?.[1];
    return {
      answer: { status, code: typeof code === "string" ? code : undefined, strategy, bytes, json },
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

async function readBody(answer: Response, isText: boolean): Promise<{ readonly bytes: number; readonly text: string }> {
  const decoder = new TextDecoder();
  let bytes = 0;
  let text = "";
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.byteLength;
    if (isText && bytes <= mostTextBytes) text += decoder.decode(chunk, { stream: true });
  }
  return { bytes, text };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
