import * as v from "valibot";
import type { Row } from "../search/search-index.ts";
import { BucketError } from "./bucket.ts";
import type { SearchDatabase } from "./search-database.ts";

/** Where a database of D1 is, and who asks. */
export interface RemoteDatabasePlace {
  /** The root of Cloudflare's API, without a trailing slash. */
  readonly api: string;
  readonly account: string;
  readonly database: string;
  readonly token: string;
}

/** How long an answer is waited for; D1 itself gives up after 30 seconds. */
const answerMilliseconds = 60_000;

/** How often a call that was not answered, or answered "later", is made. Statements may be run again. */
const mostTries = 4;

const answerSchema = v.object({
  success: v.boolean(),
  errors: v.array(v.object({ message: v.string() })),
  result: v.nullish(v.unknown()),
});

const databasesSchema = v.array(v.object({ uuid: v.string(), name: v.string() }));
const rowSchema = v.record(v.string(), v.union([v.string(), v.number(), v.null()]));
const rowsSchema = v.array(v.object({ results: v.array(rowSchema) }));

/**
 * Returns a database of D1, reached over Cloudflare's API; it is looked up by its name with the first call. Source:
 * Cloudflare API, D1: list databases, query.
 */
export function remoteDatabase(
  place: RemoteDatabasePlace,
  { signal }: { readonly signal: AbortSignal },
): SearchDatabase {
  const { account, database } = place;
  const root = `/accounts/${account}/d1/database`;
  let finding: Promise<string> | undefined;
  const find = async (): Promise<string> => {
    const listed = await call(place, { path: `${root}?name=${encodeURIComponent(database)}`, signal });
    const found = v.parse(databasesSchema, listed).find(({ name }) => name === database);
    if (found === undefined) {
      throw new BucketError("no-bucket", `The account has no database ${database}: npm run deploy creates it.`);
    }
    return found.uuid;
  };
  return {
    name: `the database ${database}`,
    async run(statements) {
      finding ??= find();
      const path = `${root}/${await finding}/query`;
      const rows: (readonly Row[])[] = [];
      // One at a time: a call takes one set of values.
      for (const { sql, values } of statements) {
        const answer = await call(place, { path, body: { sql, params: values }, signal });
        rows.push(v.parse(rowsSchema, answer)[0]?.results ?? []);
      }
      return rows;
    },
  };
}

interface Call {
  readonly path: string;
  readonly body?: object;
  readonly signal: AbortSignal;
}

async function call(place: RemoteDatabasePlace, asked: Call): Promise<unknown> {
  for (let tried = 1; ; tried += 1) {
    const { isLater, ...answer } = await tryCall(place, asked);
    if (!isLater || tried === mostTries) {
      if (answer.failure !== undefined) throw answer.failure;
      return answer.result;
    }
    await new Promise((resolve) => setTimeout(resolve, 500 * 2 ** tried));
  }
}

interface Answer {
  readonly result?: unknown;
  readonly failure?: BucketError;
  /** Whether it may go well later. */
  readonly isLater: boolean;
}

async function tryCall(place: RemoteDatabasePlace, { path, body, signal }: Call): Promise<Answer> {
  const name = `the database ${place.database}`;
  const fail = (code: BucketError["code"], reason: string): BucketError =>
    new BucketError(code, `${name[0]?.toUpperCase()}${name.slice(1)}: ${reason}`);
  try {
    const response = await fetch(`${place.api}${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: { authorization: `Bearer ${place.token}`, "content-type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.any([signal, AbortSignal.timeout(answerMilliseconds)]),
    });
    const read = v.safeParse(answerSchema, await response.json());
    const reason = read.success
      ? read.output.errors.map(({ message }) => message).join("; ")
      : `status ${response.status}`;
    if (response.status === 401 || response.status === 403) {
      return { failure: fail("refused", `CLOUDFLARE_API_TOKEN has no right to it. ${reason}`), isLater: false };
    }
    if (response.status === 429 || response.status >= 500)
      return { failure: fail("unavailable", reason), isLater: true };
    if (!read.success || !read.output.success) return { failure: fail("failed", reason), isLater: false };
    return { result: read.output.result, isLater: false };
  } catch (error) {
    if (signal.aborted) throw new BucketError("stopped", "Stopped.");
    return { failure: fail("unavailable", error instanceof Error ? error.message : String(error)), isLater: true };
  }
}
