import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import worker from "../../src/worker.ts";
import { expectValidDocument } from "./schema-client.ts";

/** What a test changes about a request. */
export interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Bindings and variables in place of those of wrangler.toml. */
  readonly env?: Readonly<Record<string, unknown>>;
}

/**
 * A busy machine must not make misses of hits, and nobody waits until counts are handed over: deadlines and statistics are
 * the matter of tests of their own.
 */
const patient = { CACHE_TIMEOUT_SECONDS: "30", STATISTICS_SECONDS: "0" };

/**
 * Asks the Worker as the platform would, and waits until what it put off is done. The body is read by then. With a corpus,
 * a manifest or collection of 3.0 has to be valid by the schema of its validator.
 */
export async function ask(path: string, { method = "GET", headers = {}, body, env: changed = {} }: Asking = {}) {
  const context = createExecutionContext();
  const request = new Request(`https://images.example${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
  });
  const response = await worker.fetch(request as never, { ...env, ...patient, ...changed } as Env, context);
  const bytes = await response.bytes();
  await waitOnExecutionContext(context);
  const text = new TextDecoder().decode(bytes);
  if (response.status === 200) await expectValidDocument(response.headers.get("Content-Type"), text);
  return {
    status: response.status,
    headers: response.headers,
    bytes,
    text,
    timing: readTiming(response),
  };
}

/** Returns a Server-Timing header as its descriptions by name. */
function readTiming(response: Response): Readonly<Record<string, string>> {
  const header = response.headers.get("Server-Timing") ?? "";
  return Object.fromEntries(Array.from(header.matchAll(/(\w+);desc="([^"]*)"/g), ([, name, value]) => [name, value]));
}
