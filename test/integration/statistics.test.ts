import {
  createExecutionContext,
  createScheduledController,
  runInDurableObject,
  waitOnExecutionContext,
} from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { hourOf } from "../../src/statistics/hour.ts";
import { parseRollUp, rollUpKey, rollUpPrefix } from "../../src/statistics/roll-up.ts";
import { parseStorageState, storageStateKey } from "../../src/statistics/storage-count.ts";
import { newTally } from "../../src/statistics/tally.ts";
import worker from "../../src/worker.ts";
import { makeTiff } from "../support/make-tiff.ts";
import { ask } from "../support/service.ts";

const secret = "correct-horse-battery-staple";
const counting = { STATISTICS_SECONDS: "0.001", ADMIN_SECRET: secret };
const ledger = () => env.LEDGER.getByName("service");
const hour = 3_600_000;

let logged: ReturnType<typeof vi.spyOn>;

beforeAll(async () => {
  const file = await makeTiff({ width: 301, height: 201, tile: 64, levels: 2, compression: "deflate" });
  await env.MASTERS.put("counted", file);
});

beforeEach(async () => {
  logged = vi.spyOn(console, "log").mockImplementation(() => undefined);
  await emptyLedger();
  for (const { key } of (await env.CATALOGUE.list({ prefix: rollUpPrefix })).objects) await env.CATALOGUE.delete(key);
});
afterEach(() => vi.restoreAllMocks());

const administer = async (path: string) => {
  const headers = { Authorization: `Bearer ${secret}`, Accept: "application/json" };
  const { status, text } = await ask(path, { headers, env: { ADMIN_SECRET: secret } });
  return { status, json: JSON.parse(text) };
};

const emptyLedger = () =>
  runInDurableObject(ledger(), (instance, { storage }) => {
    storage.sql.exec("DELETE FROM hours");
    // What it holds in memory is let go of.
    instance.closeHour("~");
  });

/** What the ledger has counted and nobody has written. */
const waiting = async () => (await ledger().waitingHours()).rollUps.map(parseRollUp);

const runCron = async (scheduledTime: number, changed: object = {}): Promise<void> => {
  const context = createExecutionContext();
  const controller = createScheduledController({ scheduledTime: new Date(scheduledTime), cron: "5 * * * *" });
  await worker.scheduled(controller, { ...env, ...changed } as Env);
  await waitOnExecutionContext(context);
};

const stored = async (period: string) => {
  const object = await env.CATALOGUE.get(rollUpKey(period));
  return object === null ? undefined : parseRollUp(await object.text());
};

describe("a request", () => {
  it("is one point where a dataset is bound, with what it took", async () => {
    const points: { indexes: string[]; blobs: string[]; doubles: number[] }[] = [];
    const ANALYTICS = { writeDataPoint: (point: never) => void points.push(point) };
    const agent = { headers: { "User-Agent": "curl/8.5.0" }, env: { ANALYTICS } };
    const picture = await ask("/iiif/3/counted/full/100,/0/default.png", agent);
    await ask("/iiif/2/counted/full/full/0/default.jpg", { ...agent, headers: { "If-None-Match": "*" } });
    await ask("/iiif/3/nowhere/info.json", agent);
    const stream = await ask("/iiif/3/counted/full/^3000,/0/default.png", {
      env: { ANALYTICS, CACHE_ABOVE_PIXELS: "0" },
    });
    await ask("/health", { env: { ANALYTICS } });
    const { reads, bytes } = picture.timing;
    expect(points.map(({ indexes: [index], blobs }) => [index, ...blobs])).toEqual([
      ["counted", "counted", "image", "draw", "drawn", "storage", "png", "200", "ok", "library"],
      ["counted", "counted", "image", "none", "client", "isolate", "jpg", "304", "ok", "none"],
      ["nowhere", "nowhere", "info", "none", "", "", "", "404", "not-found", "library"],
      ["counted", "counted", "image", stream.timing.strategy, "drawn", "isolate", "png", "200", "ok", "none"],
      ["health", "", "health", "none", "", "", "", "200", "ok", "none"],
    ]);
    const [sent, milliseconds, ...rest] = points[0]!.doubles;
    expect(sent).toBe(picture.bytes.byteLength);
    expect(milliseconds).toBeGreaterThanOrEqual(0);
    expect(rest.slice(0, 2)).toEqual([Number(reads), Number(bytes)]);
    expect(rest[2]).toBeGreaterThanOrEqual(151 * 101);
    expect(rest.slice(3)).toEqual([100, 67]);
    // Written when the last piece was sent.
    expect(points[3]!.doubles[0]).toBe(stream.bytes.byteLength);
  });

  it("by a URL of another server is of the class of what it asks for", async () => {
    const classes: string[] = [];
    const ANALYTICS = {
      writeDataPoint: ({ blobs }: { blobs: string[] }) => void classes.push(`${blobs[1]} ${blobs[3]}`),
    };
    const GATEWAY = [{ prefix: "/dzi/", protocol: "deepzoom" }];
    for (const path of ["counted.dzi", "counted_files/9/0_0.png", "nobody_files/9/0_0.png"]) {
      await ask(`/dzi/${path}`, { env: { ANALYTICS, GATEWAY } });
    }
    expect(classes).toEqual(["info ", "image drawn", "image "]);
  });

  it("is answered, and the log says so, where its point is not taken", async () => {
    const ANALYTICS = {
      writeDataPoint: () => {
        throw new Error("too long");
      },
    };
    expect((await ask("/iiif/3/counted/info.json", { env: { ANALYTICS } })).status).toBe(200);
    expect(JSON.stringify(logged.mock.calls)).toContain("Analytics Engine did not take a point");
  });

  it("is in the ledger some seconds after it, and its HEAD has sent nothing", async () => {
    await ask("/iiif/3/counted/full/100,/0/default.png", { env: counting, method: "HEAD" });
    const [rollUp] = await waiting();
    const { total, by, images } = rollUp!.tally;
    expect([total[0], total[1], [...by.class.keys()], [...images.keys()]]).toEqual([1, 0, ["image"], ["counted"]]);
  });

  it("is counted nowhere where nothing is to be counted", async () => {
    await ask("/iiif/3/counted/info.json", { env: { STATISTICS_SECONDS: "0" } });
    expect(await waiting()).toEqual([]);
  });

  it("is answered though the ledger fails; the log says what is lost", async () => {
    const LEDGER = { getByName: () => ({ count: async () => Promise.reject(new Error("overloaded")) }) };
    expect((await ask("/iiif/3/counted/info.json", { env: { ...counting, LEDGER } })).status).toBe(200);
    const lines = logged.mock.calls.map(([line]: unknown[]) => JSON.parse(String(line)));
    expect(lines.at(-1)).toMatchObject({
      level: "error",
      message: "the ledger did not take counts: they are lost",
      requests: 1,
      cause: "Error: overloaded",
    });
  });
});

describe("the hours", () => {
  it("are told while they run, to those who administer alone", async () => {
    expect((await ask("/admin/stats", { env: counting })).status).toBe(401);
    const context = createExecutionContext();
    const slow = { ...env, ...counting, STATISTICS_SECONDS: "0.3" };
    const request = new Request("https://images.example/iiif/3/counted/info.json");
    const answer = await worker.fetch(request as never, slow as unknown as Env, context);
    await answer.bytes();
    // What this isolate holds of it is handed over first.
    const { status, json } = await administer("/admin/stats");
    expect([status, json.hours.length, json.next]).toEqual([200, 1, undefined]);
    const told = parseRollUp(JSON.stringify(json.hours[0]));
    expect([...told.tally.by.class.keys(), told.tally.images.get("counted")?.figures[0]]).toEqual(["admin", "info", 1]);
    await waitOnExecutionContext(context);
    expect((await administer("/admin/stats?before=yesterday")).json.code).toBe("query-malformed");
  });

  it("go into the catalogue once they are over, once each, whoever asks for it twice", async () => {
    const { period, during, after } = await countOneHour();
    await runCron(during);
    expect(await stored(period)).toBeUndefined();
    await runCron(after);
    const written = await stored(period);
    expect(written?.tally.total[0]).toBe(1);
    expect(await waiting()).toEqual([]);
    await runCron(after);
    expect(await stored(period)).toEqual(written);
  });

  it("are written once though a run is broken off, and what is counted late is added", async () => {
    const { period, after } = await countOneHour();
    const [{ tally } = { tally: newTally() }] = await waiting();
    const stub = ledger();
    const failing = {
      closeHour: (hour: string) => stub.closeHour(hour),
      dropHour: async () => Promise.reject(new Error("gone")),
    };
    await expect(runCron(after, { LEDGER: { getByName: () => failing } })).rejects.toThrow("gone");
    expect(JSON.stringify(logged.mock.calls)).toContain("statistics were not rolled up");
    expect(await waiting()).toHaveLength(1);
    // Another isolate hands over what it has counted of that hour.
    await ledger().count({ hour: period, tally });
    await runCron(after);
    expect((await stored(period))?.tally.total[0]).toBe(2);
    expect(await waiting()).toEqual([]);
  });

  it("become days after a week, and days months after a year, without a request counted twice", async () => {
    const one = (await countOnce()).replaceAll(/"period":"[^"]*"/g, '"period":"2024-01-02T03"');
    const put = (period: string, from: string) =>
      env.CATALOGUE.put(rollUpKey(period), one.replace(/"from":\["[^"]*"\]/, `"from":["${from}"]`));
    await put("2026-11-01T03", "a");
    await put("2026-11-01T04", "b");
    // Broken off before it was deleted.
    await put("2026-11-01", "a");
    await put("2024-01-02", "c");
    await runCron(Date.parse("2026-11-29T05:05:00Z"));
    const keys = (await env.CATALOGUE.list({ prefix: "stats/2026-11-01" })).objects.map(({ key }) => key);
    expect(keys).toEqual(["stats/2026-11-01.json"]);
    expect((await stored("2026-11-01"))?.from).toEqual(["a", "b"]);
    expect((await stored("2026-11-01"))?.tally.total[0]).toBe(2);
    expect([await stored("2024-01-02"), (await stored("2024-01"))?.tally.total[0]]).toEqual([undefined, 1]);
  });

  it("come with a count of what is stored, some pages of listings at a time and once a day", async () => {
    const start = Date.parse("2026-11-29T05:05:00Z");
    await env.CATALOGUE.delete(storageStateKey);
    const state = async () => parseStorageState((await (await env.CATALOGUE.get(storageStateKey))?.text()) ?? "");
    let pages = 0;
    const list = async ({ startAfter = "" }: R2ListOptions) => ({
      objects: [{ key: `${startAfter}x`, size: 2 }],
      truncated: ++pages < 40,
    });
    const MASTERS = { list };
    await runCron(start, { MASTERS });
    expect(await state()).toEqual({
      running: {
        since: start,
        bucket: "masters",
        after: "x".repeat(32),
        counts: { masters: { objects: 32, bytes: 64 } },
      },
    });
    await env.CATALOGUE.put("records/counted.json", "{}");
    await runCron(start + hour, { MASTERS });
    const { finished, running } = await state();
    expect([running, finished?.at]).toEqual([undefined, start + hour]);
    expect(finished?.counts).toMatchObject({
      masters: { objects: 40, bytes: 80 },
      "records of images": { objects: 1, bytes: 2 },
    });
    await runCron(start + 2 * hour, { MASTERS });
    expect([pages, (await state()).finished?.at]).toEqual([40, start + hour]);
    await runCron(start + 24 * hour, { MASTERS });
    expect((await state()).finished?.at).toBe(start + 24 * hour);
  });

  it("wait for a week where nobody writes them, and are told some at a time", async () => {
    const text = await countOnce();
    const { tally } = parseRollUp(text);
    const start = Date.parse("2026-11-01T00:00:00Z");
    const dropped: string[] = [];
    await runInDurableObject(ledger(), (instance) => {
      for (let at = 0; at < 170; at++) dropped.push(...instance.count({ hour: hourOf(start + at * hour), tally }));
    });
    expect(dropped).toEqual(["2026-11-01T00", "2026-11-01T01"]);
    const first = await administer("/admin/stats");
    expect([first.json.hours.length, first.json.next]).toEqual([6, hourOf(start + 164 * hour)]);
    const second = await administer(`/admin/stats?before=${first.json.next}`);
    expect(second.json.hours[0].period).toBe(hourOf(start + 163 * hour));
  });

  /** Has one request counted; says of which hour it is, and a moment in it and after it. */
  async function countOneHour() {
    await ask("/iiif/3/counted/info.json", { env: counting });
    const [{ period } = { period: "" }] = await waiting();
    const during = Date.parse(`${period}:59:00Z`);
    return { period, during, after: during + hour };
  }

  async function countOnce(): Promise<string> {
    await ask("/iiif/3/counted/info.json", { env: counting });
    const [text] = (await ledger().waitingHours()).rollUps;
    await emptyLedger();
    return text!;
  }
});
