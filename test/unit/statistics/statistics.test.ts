import { describe, expect, it } from "vitest";
import { type Account, newAccount } from "../../../src/account.ts";
import { clientFamily } from "../../../src/http/client-family.ts";
import { Counter } from "../../../src/statistics/counter.ts";
import { figureOf } from "../../../src/statistics/figures.ts";
import { hourBefore, hourOf, hoursBetween } from "../../../src/statistics/hour.ts";
import { type Observation, sizeOf, tierOf } from "../../../src/statistics/observation.ts";
import { pointOf } from "../../../src/statistics/point.ts";
import { classOf } from "../../../src/statistics/request-class.ts";
import {
  addRollUp,
  formatRollUp,
  mostRollUpBytes,
  parseRollUp,
  periodOf,
  type RollUp,
  rollUpLimits,
} from "../../../src/statistics/roll-up.ts";
import { addTally, countObservation, newTally, type Tally } from "../../../src/statistics/tally.ts";

const at = Date.parse("2026-11-29T05:59:58Z");

const observe = (account: Partial<Account> = {}, change: Partial<Omit<Observation, "account">> = {}): Observation => ({
  ...{ class: "image", status: 200, code: "ok", client: "browser", milliseconds: 4, at },
  ...change,
  account: { ...newAccount(), ...account },
});

const seen = (identifier: string, account: Partial<Account> = {}): Observation =>
  observe({ identifier, index: "isolate", strategy: "copy", format: "jpg", sentBytes: 100, ...account });

const tallyOf = (observations: readonly Observation[], limits = { images: 3, examples: 2 }): Tally => {
  const tally = newTally();
  for (const observation of observations) countObservation(tally, observation, limits);
  return tally;
};

/** All requests of images, listed or not. */
const imageRequests = ({ images, others }: Tally): number =>
  [...images.values()].reduce((sum, { figures }) => sum + figures[0], others[0]);

describe("a request", () => {
  it.each([
    ["/iiif/3/a/full/max/0/default.jpg", "image"],
    ["/iiif/3/a/info.json", "info"],
    ["/iiif", "image"],
    ["/iiifs/3/a", "other"],
    ["/presentation/3/atlas/manifest", "manifest"],
    ["/presentation/search", "search"],
    ["/presentation/atlas/search/2", "search"],
    ["/presentation/3/search/manifest", "manifest"],
    ["/search", "search"],
    ["/", "page"],
    ["/objects/atlas", "page"],
    ["/admin/purge", "admin"],
    ["/health", "health"],
    ["/constructor", "other"],
    ["/favicon.ico", "other"],
    ["", "page"],
  ])("for %s is of the class %s", (path, expected) => {
    expect(classOf(path, "/iiif")).toBe(expected);
  });

  it("says where its picture came from, and of which size it is", () => {
    expect(tierOf(observe({ strategy: "kept", cache: "bucket" }))).toBe("bucket");
    expect(tierOf(observe({ strategy: "stream" }))).toBe("drawn");
    expect(tierOf(observe({}, { status: 304 }))).toBe("client");
    expect(tierOf(observe({}, { status: 404, code: "not-found" }))).toBeUndefined();
    expect(tierOf(observe({}, { class: "info", status: 304 }))).toBeUndefined();
    const sizes = [0, 128, 129, 4096, 4097].map((width) => sizeOf(observe({ width, height: 1 })));
    expect(sizes).toEqual(["128", "128", "256", "4096", "larger"]);
    expect(sizeOf(observe())).toBeUndefined();
  });

  it("is one point, whose index is never too long", () => {
    const account = {
      ...({ identifier: "maps/é", index: "storage", format: "webp", strategy: "draw", sentBytes: 1 } as const),
      ...{ reads: 2, bytes: 3, decodedPixels: 4, width: 5, height: 6 },
    };
    expect(pointOf(observe(account, { client: "crawler", milliseconds: 7 }))).toEqual({
      indexes: ["maps/é"],
      blobs: ["maps/é", "image", "draw", "drawn", "storage", "webp", "200", "ok", "crawler"],
      doubles: [1, 7, 2, 3, 4, 5, 6],
    });
    expect(pointOf(observe({}, { class: "health" })).indexes).toEqual(["health"]);
    for (const name of ["é".repeat(400), `a${"é".repeat(400)}`, "\u{1f5bc}".repeat(50), "x".repeat(97)]) {
      const [index] = pointOf(observe({ identifier: name })).indexes;
      expect(name.startsWith(index)).toBe(true);
      const bytes = new TextEncoder().encode(index).byteLength;
      expect([bytes <= 96, bytes > 90]).toEqual([true, true]);
    }
  });

  it.each([
    [
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
      "browser",
    ],
    ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:145.0) Gecko/20100101 Firefox/145.0", "browser"],
    ["Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "crawler"],
    [
      "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.3; +https://openai.com/gptbot)",
      "ai-crawler",
    ],
    ["Mozilla/5.0 (compatible; ClaudeBot/1.0; +claudebot@anthropic.com)", "ai-crawler"],
    ["Mozilla/5.0 (compatible; archive.org_bot +http://archive.org/details/archive.org_bot)", "crawler"],
    ["facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", "preview"],
    ["curl/8.5.0", "library"],
    ["python-requests/2.32.3", "library"],
    ["Go-http-client/2.0", "library"],
    ["node", "library"],
    ["dezoomify-rs/2.12.4", "iiif"],
    ["", "none"],
    ["Something of my own", "other"],
  ])("of %j comes from the family %s", (agent, family) => {
    const request = new Request("https://images.example/", { headers: agent === "" ? {} : { "User-Agent": agent } });
    expect([clientFamily(request), clientFamily(request)]).toEqual([family, family]);
  });
});

describe("a tally", () => {
  it("tells requests apart, and adds up what they took", () => {
    const tally = tallyOf([
      seen("a", { reads: 1, bytes: 10, width: 256, height: 256 }),
      seen("a", { strategy: "draw", decodedPixels: 65_536, width: 300, height: 200 }),
      observe({}, { class: "health", client: "none" }),
    ]);
    expect(tally.total).toEqual([3, 200, 12, 1, 10, 65_536]);
    expect(tally.by.strategy).toEqual(
      new Map([
        ["copy", [1, 100, 4, 1, 10, 0]],
        ["draw", [1, 100, 4, 0, 0, 65_536]],
      ]),
    );
    expect([...tally.by.size.keys()]).toEqual(["256", "512"]);
    expect([...tally.by.client.keys()]).toEqual(["browser", "none"]);
    expect(tally.images).toEqual(new Map([["a", { figures: [2, 200, 8, 1, 10, 65_536], last: at }]]));
  });

  it("lists no more images than it may, and counts the others together", () => {
    const tally = tallyOf([..."abcdea"].map((name) => seen(name)));
    expect([...tally.images.keys()]).toEqual(["a", "b", "c"]);
    expect(tally.others).toEqual([2, 200, 8, 0, 0, 0]);
    const long = tallyOf([seen("x".repeat(201)), seen("__proto__")]);
    expect([[...long.images.keys()], long.others[0]]).toEqual([["__proto__"], 1]);
  });

  it("counts errors with some of their images, and no image that is not there", () => {
    const missing = [..."abcb"].map((identifier) => observe({ identifier }, { status: 404, code: "not-found" }));
    const tally = tallyOf(missing);
    expect(tally.images.size).toBe(0);
    expect(tally.faults.get("not-found")).toEqual({
      requests: 4,
      images: new Map([
        ["a", 1],
        ["b", 2],
      ]),
    });
  });

  it("keeps the first by any figure where two come to too many, and loses no request", () => {
    const limits = { images: 10, examples: 2 };
    const often = Array.from({ length: 40 }, (_, at) => seen(`often-${at % 8}`));
    const sum = tallyOf(often, limits);
    const rare = Array.from({ length: 8 }, (_, at) => seen(`rare-${at}`));
    const dear = seen("dear", { decodedPixels: 1e9 });
    addTally(sum, tallyOf([...rare, dear], limits), limits);
    expect(sum.images.size).toBe(8);
    expect(sum.images.has("dear")).toBe(true);
    expect([...sum.images.keys()].filter((name) => name.startsWith("rare")).length).toBeLessThanOrEqual(2);
    expect(imageRequests(sum)).toBe(49);
  });
});

describe("a counter", () => {
  it("gives a batch away once, by its age or when the hour is over", () => {
    const counter = new Counter();
    const first = counter.add(seen("a"));
    expect(first?.hour).toBe("2026-11-29T05");
    expect(counter.add(seen("a"))).toBeUndefined();
    expect(counter.takeDue(at + 1000, 10_000)).toBeUndefined();
    // Two seconds later another hour has begun.
    expect(counter.takeDue(at + 2000, 10_000)).toBe(first);
    const second = counter.add(observe({}, { at: at + 2000 }));
    expect([second?.hour, counter.take(first)]).toEqual(["2026-11-29T06", undefined]);
    expect(counter.takeDue(at - 3_600_000, 10_000)).toBe(second);
    expect(counter.take()).toBeUndefined();
  });

  it("holds no more than it may, whoever asks for what", () => {
    const counter = new Counter();
    const batch = counter.add(seen("a"));
    for (let name = 0; name < 5000; name++) {
      counter.add(seen(`${name}-${"é".repeat(190)}`));
      counter.add(observe({ identifier: `${name}` }, { status: 404, code: "not-found" }));
    }
    expect(batch?.tally.images.size).toBe(200);
    expect(batch?.tally.faults.get("not-found")?.images.size).toBe(8);
    expect(figureOf(batch!.tally.total, "requests")).toBe(10_001);
  });
});

describe("a roll-up", () => {
  const rollUpOf = (
    from: readonly string[],
    observations: readonly Observation[],
    period = "2026-11-29T05",
  ): RollUp => ({
    ...{ period, from },
    tally: tallyOf(observations, rollUpLimits),
  });

  it("is read as it was written", () => {
    const written = rollUpOf(
      ["b1"],
      [seen("a/é"), seen("__proto__"), observe({ identifier: "x" }, { code: "internal" })],
    );
    expect(parseRollUp(formatRollUp(written))).toEqual(written);
  });

  it("has what was added to it once", () => {
    const one = rollUpOf(["b1"], [seen("a")]);
    const both = addRollUp(one, rollUpOf(["b2"], [seen("a"), seen("b")]));
    expect([both.from, both.tally.total[0]]).toEqual([["b1", "b2"], 3]);
    expect(addRollUp(both, one)).toBe(both);
    // What is added to stays as it was.
    expect(one.tally.total[0]).toBe(1);
  });

  it("is no longer than it may be, with as many images and errors as there may be", () => {
    const worst = "\u{65e5}".repeat(200);
    const cut = (at: number) => `${at}${worst}`.slice(0, 200);
    const rollUp = rollUpOf(
      ["b1"],
      Array.from({ length: 1200 }, (_, at) => seen(cut(at), { decodedPixels: 123_456_789_012 })),
    );
    for (let code = 0; code < 60; code++) {
      for (let at = 0; at < 20; at++) {
        const fault = observe({ identifier: cut(at) }, { code: `code-${code}` });
        countObservation(rollUp.tally, fault, rollUpLimits);
      }
    }
    const { byteLength } = new TextEncoder().encode(formatRollUp(rollUp));
    // A row of SQLite in a Durable Object takes 2 MB. Source: Cloudflare Durable Objects, limits.
    expect([byteLength < 2_000_000, byteLength < mostRollUpBytes]).toEqual([true, true]);
  });

  it.each([
    ["{", "not JSON"],
    ["{}", "format"],
    [formatRollUp(rollUpOf([], [])).replace('"total":[0', '"total":["0"'), "total"],
    [formatRollUp(rollUpOf([], [])).replace('"total":[0', '"total":[-1'), "total"],
    [formatRollUp(rollUpOf([], [])).replace("2026-11-29T05", "yesterday"), "period"],
  ])("that is damaged is refused: %s", (text, place) => {
    expect(() => parseRollUp(text)).toThrow(place);
  });

  it("is known by its key", () => {
    const spans = ["2026-11-29T05", "2026-11-29", "2026-11", "storage", "2026-11-29T05.x"].map(
      (name) => periodOf(`stats/${name}.json`)?.span,
    );
    expect(spans).toEqual(["hour", "day", "month", undefined, undefined]);
  });
});

it("hours are those of UTC", () => {
  expect([hourOf(at), hourBefore(at, 6 * 3_600_000)]).toEqual(["2026-11-29T05", "2026-11-28T23"]);
  expect(hoursBetween("2026-11-28T23", "2026-11-29T01")).toEqual(["2026-11-28T23", "2026-11-29T00", "2026-11-29T01"]);
  expect(hoursBetween("2026-11-29T01", "2026-11-29T00")).toEqual([]);
});
