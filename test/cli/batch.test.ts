import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { formatReport } from "../../src/cli/batch-report-text.ts";
import { formatItem, formatLine, formatList, formatStatus } from "../../src/cli/batch-text.ts";
import { watchTask } from "../../src/cli/batch-watch.ts";
import { parseCommand } from "../../src/cli/command.ts";
import { runCommandLine } from "../../src/cli/command-line.ts";
import { maxTaskFileBytes } from "../../src/limits.ts";
import type { Terminal } from "../../src/node/terminal.ts";
import { billOfTask } from "../../src/operation/task-bill.ts";
import type { TaskStatus } from "../../src/task/answers.ts";
import { type AdminServer, serveAdmin } from "../support/admin-server.ts";
import { tellingConverter } from "../support/ingest.ts";
import { counted, makeItem, makeReport, makeStatus, taskId } from "../support/task-answers.ts";
import { recordTerminal } from "../support/terminal.ts";

const secret = "correct-horse-battery-staple";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tessera-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let server: AdminServer | undefined;
afterEach(() => {
  server?.close();
  server = undefined;
});

/** What was asked of a service, and what was sent. */
interface Asked {
  readonly call: string;
  readonly type: string | undefined;
  readonly body: string;
}

/** Starts a service that answers each call with the next answer, the last one again; a number is a status without a body. */
async function serve(
  answers: readonly (object | string | number)[],
): Promise<{ readonly url: string; readonly asked: Asked[]; readonly sendings: unknown[] }> {
  const asked: Asked[] = [];
  const sendings: unknown[] = [];
  const listener: RequestListener = async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const answer = answers[Math.min(asked.length, answers.length - 1)] ?? {};
    asked.push({ call: `${request.method} ${request.url}`, type: request.headers["content-type"], body });
    sendings.push(request.headers["idempotency-key"]);
    if (typeof answer === "number") response.writeHead(answer);
    response.end(typeof answer === "object" ? JSON.stringify(answer) : typeof answer === "string" ? answer : "");
  };
  server = await serveAdmin(listener);
  return { url: server.url, asked, sendings };
}

async function run(args: readonly string[], change: Partial<Terminal> = {}) {
  const recorded = recordTerminal(folder, { environment: { TESSERA_ADMIN_SECRET: secret }, ...change });
  const status = await runCommandLine(["batch", ...args], {
    terminal: recorded.terminal,
    converter: tellingConverter([]),
  });
  return { status, printed: recorded.printed(), said: recorded.said() };
}

const faultsOf = (...args: string[]) => {
  const command = parseCommand(["batch", ...args]);
  return command.kind === "wrong" ? command.faults : [];
};

describe("the command line of tasks", () => {
  it("is read with what is asked, and of which task", () => {
    expect(parseCommand(["batch", "items", taskId, "--only", "failed", "--to", "local"])).toEqual({
      kind: "batch",
      verb: "items",
      names: [taskId],
      options: { only: "failed", to: "local" },
    });
    expect(parseCommand(["batch", "status", "--to", "local"])).toMatchObject({ verb: "status", names: [] });
    expect(parseCommand(["batch", "watch", "latest", "--to", "local"])).toMatchObject({ names: ["latest"] });
    expect(parseCommand(["batch", "submit", "--help"])).toEqual({ kind: "help", command: "batch" });
  });

  it.each([
    [["--to", "local"], "one of submit, status, watch, items, pause, resume, cancel, retry and report is needed"],
    [["wacth", taskId, "--to", "local"], /^wacth is not one of .*; did you mean watch\?$/],
    [["submit", "--to", "local"], "no task file is named"],
    [["pause", "--to", "local"], "no task is named: its id, or latest"],
    [["pause", "../stats", "--to", "local"], /^\.\.\/stats is not the id of a task/],
    [["status", taskId, "x", "--to", "local"], "x is one name too many"],
    [["status", taskId], "--to is missing: local or remote"],
    [["status", "--only", "failed", "--to", "local"], "--only has no effect on status"],
    [["items", "latest", "--only", "lost", "--to", "local"], /^--only is "lost", not waiting, queued,/],
    [["report", "latest", "--csv", "--json", "--to", "local"], "--json has no effect with --csv"],
    [["report", "--to", "local"], "no task is named: its id, or latest"],
    [["report", "latest", "--collection", "maps", "--to", "local"], "ids have no effect with --collection"],
    [["items", "latest", "--collection", "maps", "--to", "local"], "--collection has no effect on items"],
    [["items", "latest", "--csv", "--to", "local"], "--csv has no effect on items"],
    [["status", "--state", "x", "--to", "remote"], "--state has no effect with --to remote"],
    [["status", "--service", "https://x.example", "--to", "local"], "--service has no effect with --to local"],
    [["status", "--jsn", "--to", "local"], "--jsn is not known; did you mean --json?"],
  ] as const)("is refused with %j", (args, fault) => {
    expect(faultsOf(...args)).toEqual([typeof fault === "string" ? fault : expect.stringMatching(fault)]);
  });
});

describe("tessera batch submit", () => {
  it("sends a task file as it is, with the media type of its name", async () => {
    const { url, asked } = await serve([makeStatus({ name: "March" })]);
    const place = ["--to", "remote", "--service", url];
    const json = '{ "kind": "verify",  "from": { "prefix": "maps/" } }\n';
    const csv = "kind;key\ncheck;maps/Zürich.tif\n";
    await writeFile(join(folder, "task.json"), json);
    await writeFile(join(folder, "TASK.CSV"), csv);
    const { status, printed } = await run(["submit", "task.json", ...place]);
    expect([status, printed]).toEqual([
      0,
      `Sent as ${taskId}: verify March\nWatch it with: tessera batch watch ${taskId} --to remote --service ${url}\n`,
    ]);
    expect(JSON.parse((await run(["submit", "TASK.CSV", "--json", ...place])).printed).id).toBe(taskId);
    expect(asked).toEqual([
      { call: "POST /admin/tasks", type: "application/json", body: json },
      { call: "POST /admin/tasks", type: "text/csv", body: csv },
    ]);
  });

  it("sends again what was not answered, as the same sending", async () => {
    await writeFile(join(folder, "again.json"), '{ "kind": "check", "from": { "prefix": "" } }');
    const { url, sendings } = await serve([503, makeStatus(), makeStatus()]);
    const place = ["--to", "remote", "--service", url];
    const { status, said } = await run(["submit", "again.json", ...place]);
    expect([status, said]).toEqual([0, expect.stringContaining("It is sent again.")]);
    await run(["submit", "again.json", ...place]);
    const [first, again, other] = sendings;
    expect(first).toMatch(/^[0-9a-f-]{36}$/);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  it("tells all that is wrong with a file, with its places, and sends nothing", async () => {
    const { url, asked } = await serve([makeStatus()]);
    await writeFile(join(folder, "wrong.json"), '{ "kind": "verfy", "items": [{ "kee": "a" }, { "key": "" }] }');
    await writeFile(join(folder, "large.csv"), new Uint8Array(maxTaskFileBytes + 1));
    await writeFile(join(folder, "wrong.csv"), "kind,key\ncheck,a\n,a\n");
    const place = ["--to", "remote", "--service", url];
    const json = await run(["submit", "wrong.json", ...place]);
    expect(json.status).toBe(2);
    for (const fault of [
      "wrong.json, kind: ",
      "wrong.json, items[0].kee: ",
      "wrong.json, items[0].key: ",
      "wrong.json, items[1].key: ",
    ]) {
      expect(json.said).toContain(fault);
    }
    const csv = await run(["submit", "wrong.csv", ...place]);
    expect([csv.status, csv.said]).toEqual([
      2,
      expect.stringMatching(/^wrong\.csv, row 3, column B: a is there already\.\n/),
    ]);
    for (const [name, sentence] of [
      ["task.txt", /is no task file: its name ends in \.json or \.csv/],
      ["missing.json", /can't be read/],
      ["large.csv", /^large\.csv has 4194305 bytes, and a task file 4194304 at the most/],
    ] as const) {
      const { status, said } = await run(["submit", name, ...place]);
      expect([status, said]).toEqual([2, expect.stringMatching(sentence)]);
    }
    expect(asked).toEqual([]);
  });

  it("tells what a service of another version finds wrong with it", async () => {
    const problem = { detail: "The task file is wrong.", faults: [{ place: "kind", message: "it is new" }] };
    server = await serveAdmin((request, response) => {
      request.resume();
      response.writeHead(422).end(JSON.stringify(problem));
    });
    await writeFile(join(folder, "task.json"), '{"kind":"check","from":{"prefix":""}}');
    const { status, said } = await run(["submit", "task.json", "--to", "remote", "--service", server.url]);
    expect([status, said]).toEqual([1, `${server.url} answers 422: The task file is wrong. kind: it is new.\n`]);
  });
});

describe("tessera batch", () => {
  it("asks for the list, a task, the latest task, and does what is said", async () => {
    const { url, asked } = await serve([{ tasks: [makeStatus()] }, makeStatus()]);
    const place = ["--to", "remote", "--service", url];
    expect((await run(["status", ...place])).printed).toMatch(
      new RegExp(`^${taskId}  running +120/300  verify, 5 not done\n$`),
    );
    for (const verb of ["status", "pause", "resume", "cancel", "retry"]) await run([verb, taskId, ...place]);
    expect(asked.map(({ call, body }) => `${call} ${body}`)).toEqual([
      "GET /admin/tasks ",
      `GET /admin/tasks/${taskId} `,
      ...["pause", "resume", "cancel", "retry"].map((verb) => `POST /admin/tasks/${taskId}/${verb} {}`),
    ]);
    server?.close();
    const again = await serve([{ tasks: [makeStatus()] }, makeStatus()]);
    await run(["status", "latest", "--to", "remote", "--service", again.url]);
    expect(again.asked.map(({ call }) => call)).toEqual(["GET /admin/tasks", `GET /admin/tasks/${taskId}`]);
    server?.close();
    const none = await serve([{ tasks: [] }]);
    const { status, said } = await run(["status", "latest", "--to", "remote", "--service", none.url]);
    expect([status, said]).toEqual([1, "There are no tasks.\n"]);
  });

  it("lists items page by page, and gives up a service that goes round in a circle", async () => {
    const pages = [
      { items: [makeItem({ item: 1 }), makeItem({ item: 2 })], next: 2 },
      { items: [makeItem({ item: 3 })] },
    ];
    const { url, asked } = await serve(pages);
    const place = ["--only", "failed", "--to", "remote", "--service", url];
    const { status, printed } = await run(["items", taskId, "--json", ...place]);
    expect([
      status,
      printed
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line).item),
    ]).toEqual([0, [1, 2, 3]]);
    expect(asked.map(({ call }) => call)).toEqual(
      [0, 2].map((after) => `GET /admin/tasks/${taskId}/items?after=${after}&state=failed`),
    );
    server?.close();
    const circle = await serve([{ items: [], next: 5 }]);
    const { said } = await run(["items", taskId, "--to", "remote", "--service", circle.url]);
    expect(said).toContain("the same items over and over");
  });

  it("prints the report as a table where that is asked for, and lets no name act on the terminal", async () => {
    const { url, asked } = await serve(["task,name\r\n1,\u001b[2J\r\n"]);
    const { printed } = await run(["report", taskId, "--csv", "--to", "remote", "--service", url]);
    expect([printed, asked[0]?.call]).toEqual([
      "task,name\n1,\\u001b[2J\n",
      `GET /admin/tasks/${taskId}/report?format=csv`,
    ]);
  });
});

describe("the reports of several tasks", () => {
  const place = (url: string) => ["--to", "remote", "--service", url];
  const answered = (change: Partial<TaskStatus>) => {
    const report = makeReport(change);
    return { ...report, cost: billOfTask(report) };
  };

  it("are found by their collection, and told by what each collection came to", async () => {
    const [one, other] = ["20261129-104826-000000000001", "20261129-104826-000000000002"];
    const lists = [
      {
        tasks: [
          makeStatus({ id: "x", collection: "maps" }),
          makeStatus({ id: other, state: "done", collection: "maps" }),
        ],
        next: "y",
      },
      {
        tasks: [
          makeStatus({ id: "z", state: "done" }),
          makeStatus({ id: one, state: "cancelled", collection: "maps" }),
        ],
      },
    ];
    const reports = [answered({ id: one, collection: "maps" }), answered({ id: other, collection: "maps" })];
    const { url, asked } = await serve([...lists, ...reports]);
    const { printed } = await run(["report", "--collection", "maps", ...place(url)]);
    expect(asked.map(({ call }) => call)).toEqual([
      "GET /admin/tasks",
      "GET /admin/tasks?before=y",
      `GET /admin/tasks/${one}/report`,
      `GET /admin/tasks/${other}/report`,
    ]);
    expect(printed.split("\n").slice(0, 2)).toEqual([
      "Collection  Tasks  Images       Size  Written   Time  Cost (estimated)",
      "maps            2     600  2468.0 MB   0.0 MB  25:00           $0.0076",
    ]);
    server?.close();
    const none = await serve([{ tasks: [] }]);
    const { status, said } = await run(["report", "--collection", "maps", ...place(none.url)]);
    expect([status, said]).toEqual([1, "No task of the collection maps has a report.\n"]);
  });

  it("have a row for all where there are several collections, and one head as a table", async () => {
    const reports = [answered({ collection: "maps" }), answered({ collection: "letters" })];
    const { url } = await serve(reports);
    const { printed } = await run(["report", taskId, taskId, ...place(url)]);
    expect(printed).toMatch(/\nmaps .*\nletters .*\nAll +2 +600 /);
    server?.close();
    const tables = await serve(["a,b\r\n1,2\r\n", "a,b\r\n3,4\r\n"]);
    expect((await run(["report", taskId, taskId, "--csv", ...place(tables.url)])).printed).toBe("a,b\n1,2\n3,4\n");
  });
});

const times = { look: 1, tell: 0, away: 60_000, report: 60_000 };

describe("watching a task", () => {
  const done: Partial<TaskStatus> = { state: "done", report: "tasks/x/report.json" };

  it("tells what changes, asks again while the service is away, and waits for the report", async () => {
    const running = makeStatus({ counts: counted({ done: 1, waiting: 1 }) });
    const ended = makeStatus({ ...done, counts: counted({ done: 2 }) });
    const { report: _, ...unreported } = ended;
    const { url, asked } = await serve([running, running, 503, 502, running, unreported, ended]);
    const { terminal, said } = recordTerminal(folder);
    const connect = async () => ({ url, secret, signal: terminal.signal });
    expect(await watchTask(taskId, { terminal, connect, times })).toEqual(ended);
    expect(asked).toHaveLength(7);
    expect(said().split("\n")).toEqual([
      "[##########----------]  1/2  24/min  7:30 left  running",
      expect.stringMatching(/answers 503: +It is asked again; the task does not need this command\.$/),
      "[####################]  2/2  done",
      "",
    ]);
  });

  it("redraws one line on a terminal", async () => {
    const { url } = await serve([makeStatus(), makeStatus({ ...done, counts: counted({ done: 300 }) })]);
    const { terminal, said } = recordTerminal(folder, { columns: 80 });
    const connect = async () => ({ url, secret, signal: terminal.signal });
    await watchTask(taskId, { terminal, connect, times });
    expect(said()).not.toContain("\n");
    expect(said()).toMatch(/120\/300 .*300\/300 /s);
  });

  it("gives up a service that stays away, and at once one that refuses", async () => {
    const { terminal } = recordTerminal(folder);
    const away = await serve([503]);
    const watching = { terminal, connect: async () => ({ url: away.url, secret, signal: terminal.signal }) };
    await expect(watchTask(taskId, { ...watching, times: { ...times, away: 20 } })).rejects.toThrow(
      /watch it again later/,
    );
    server?.close();
    const { url, asked } = await serve([404]);
    const refused = { terminal, connect: async () => ({ url, secret, signal: terminal.signal }) };
    await expect(watchTask(taskId, { ...refused, times })).rejects.toThrow(/answers 404/);
    expect(asked).toHaveLength(1);
  });

  it("ends with 75 where the service is away, which says to try again", async () => {
    const { url } = await serve([503]);
    const { status, said } = await run(["status", taskId, "--to", "remote", "--service", url]);
    expect([status, said]).toEqual([75, expect.stringContaining("Try again when the service is back")]);
    const none = await run(["status", "--to", "local", "--state", "nowhere"]);
    expect([none.status, none.said]).toEqual([75, expect.stringContaining("No service is running")]);
    server?.close();
    expect((await run(["status", taskId, "--to", "remote", "--service", url])).status).toBe(75);
  });

  it.each([
    ["done", { done: 3, kept: 1 }, 0],
    ["done", { done: 3, failed: 1 }, 1],
    ["done", { done: 3, refused: 1 }, 1],
    ["cancelled", { done: 3, cancelled: 1 }, 1],
    ["failed", {}, 1],
  ] as const)("ends of a task that is %s with %j with %i", async (state, counts, status) => {
    const { url } = await serve([makeStatus({ ...done, state, counts: counted(counts) })]);
    expect((await run(["watch", taskId, "--to", "remote", "--service", url])).status).toBe(status);
  });

  it("leaves the task running when it is stopped, and says so", async () => {
    const stop = new AbortController();
    const reason = new Error("stopped");
    const { url, asked } = await serve([makeStatus()]);
    const watching = run(["watch", taskId, "--to", "remote", "--service", url], { signal: stop.signal });
    while (asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    stop.abort(reason);
    const { status, said } = await watching;
    expect([status, said]).toEqual([
      130,
      expect.stringContaining(`The task goes on. To stop it: tessera batch cancel ${taskId}`),
    ]);
    expect(asked.every(({ call }) => call === `GET /admin/tasks/${taskId}`)).toBe(true);
  });
});

describe("what is told of tasks", () => {
  it("is how one stands", () => {
    expect(formatStatus(makeStatus({ name: "March", collection: "maps" }))).toEqual([
      `${taskId}  running  verify March (maps)`,
      "  sent 2026-11-29 10:48 (UTC), by secret",
      "  [########------------]  120/300  24/min  7:30 left  3 failed  2 refused  running",
      "  100 done, 15 kept, 3 failed, 2 refused, 5 running, 175 waiting",
      "  1234.0 MB read, 0.0 MB written, 4 retries",
      "  seconds: read 12.00, verify 30.50",
    ]);
    const fault = { code: "storage-failed", message: "It can't be listed." };
    expect(formatStatus(makeStatus({ state: "failed", fault, counts: counted({}) })).at(-1)).toBe(
      "  It can't be listed. (storage-failed)",
    );
    expect(formatLine(makeStatus({ state: "listing", perMinute: 0 }))).toMatch(/120\/300 found so far .* listing$/);
    expect(formatList({ tasks: [] })).toEqual(["There are no tasks. Send one with tessera batch submit FILE."]);
  });

  it("is what became of an item", () => {
    expect(formatItem(makeItem({ tries: 2, identifier: "maps/7" }))).toBe(
      "     7  failed         1.25 s  2 tries  maps/7.tif as maps/7  Its bytes are not those that were stored. (checksum)",
    );
  });

  it("is a report: size, images, time and cost, stages, the slowest, what is not done", () => {
    const report = makeReport({ collection: "maps" });
    const lines = formatReport({ ...report, cost: billOfTask(report) });
    expect(lines.slice(0, 13)).toEqual([
      `${taskId}  done  verify (maps): 298 done, 2 failed`,
      "",
      "Collection  Tasks  Images       Size  Written   Time  Cost (estimated)",
      "maps            1     300  1234.0 MB   0.0 MB  12:30           $0.0038",
      "",
      "Stage       All   Median      p95",
      "read    12.00 s  0.040 s  0.120 s",
      "verify  30.50 s  0.100 s  0.400 s",
      "",
      "Slowest",
      "       7.00 s       5.0 MB  maps/9.tif",
      "",
      "Not done",
    ]);
    expect(lines.join("\n")).toMatch(/\nCost, estimated by the prices of .*: \$0\.0038\n/);
  });
});
