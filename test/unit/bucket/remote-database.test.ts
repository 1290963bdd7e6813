import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BucketError } from "../../../src/bucket/bucket.ts";
import { remoteDatabase } from "../../../src/bucket/remote-database.ts";

/** What the server of a test answers, in turn; the last for good. */
let answers: readonly (readonly [status: number, body: string])[];
let asked: { method: string; url: string; authorization: string | undefined; body: string }[];
let server: Server;
let api: string;

const result = (value: unknown) => [200, JSON.stringify({ success: true, errors: [], result: value })] as const;
const listed = result([
  { uuid: "u-2", name: "words-of-others" },
  { uuid: "u-1", name: "words" },
]);

beforeEach(async () => {
  asked = [];
  server = createServer(async (request, response) => {
    let body = "";
    for await (const piece of request) body += piece;
    asked.push({
      method: request.method ?? "",
      url: request.url ?? "",
      authorization: request.headers.authorization,
      body,
    });
    const [status, text] = answers[Math.min(asked.length, answers.length) - 1] ?? [500, ""];
    response.writeHead(status, { "content-type": "application/json" }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  api = `http://127.0.0.1:${(server.address() as AddressInfo).port}/client/v4`;
});
afterEach(() => server.close());

const open = (signal = new AbortController().signal) =>
  remoteDatabase({ api, account: "a1", database: "words", token: "secret" }, { signal });
const statement = { sql: "SELECT ?1 AS a", values: ["it's"] };

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  return error instanceof BucketError ? error.code : `${error}`;
}

describe("a database of D1", () => {
  it("is found by its name once, and asked with values beside the statement", async () => {
    answers = [listed, result([{ results: [{ a: "it's" }], success: true, meta: {} }])];
    const database = open();
    expect(await database.run([statement, statement])).toEqual([[{ a: "it's" }], [{ a: "it's" }]]);
    const query = {
      method: "POST",
      url: "/client/v4/accounts/a1/d1/database/u-1/query",
      authorization: "Bearer secret",
    };
    const body = JSON.stringify({ sql: statement.sql, params: statement.values });
    expect(asked).toEqual([
      { ...query, method: "GET", url: "/client/v4/accounts/a1/d1/database?name=words", body: "" },
      { ...query, body },
      { ...query, body },
    ]);
  });

  it("is asked again where it says later", async () => {
    answers = [listed, [503, "{}"], result([{ results: [] }])];
    expect(await open().run([statement])).toEqual([[]]);
    expect(asked).toHaveLength(3);
  });

  it.each([
    ["of another name is not taken for it", [result([{ uuid: "u-2", name: "words-of-others" }])], "no-bucket"],
    ["that refuses the token", [[403, '{"success":false,"errors":[{"message":"Authentication error"}]}']], "refused"],
    ["that refuses a statement", [listed, [400, '{"success":false,"errors":[{"message":"no such table"}]}']], "failed"],
    ["that answers something else", [listed, [200, '{"hello":1}']], "failed"],
  ] as const)("%s is an error", async (_, given, code) => {
    answers = given;
    expect(await codeOf(open().run([statement]))).toBe(code);
  });

  it("is not asked once the run is stopped", async () => {
    answers = [listed];
    expect(await codeOf(open(AbortSignal.abort()).run([statement]))).toBe("stopped");
    expect(asked).toEqual([]);
  });
});
