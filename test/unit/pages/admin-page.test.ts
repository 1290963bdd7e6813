import { describe, expect, it } from "vitest";
import { newAccount } from "../../../src/account.ts";
import { type Administration, formatAdminPage } from "../../../src/pages/admin-page.tsx";
import { formatAmount, formatBytes } from "../../../src/pages/charts.tsx";
import { formatSignInPage } from "../../../src/pages/sign-in-page.tsx";
import type { Site } from "../../../src/pages/site.ts";
import { countObservation, newTally } from "../../../src/statistics/tally.ts";
import { addresses } from "../../support/works.ts";

const site: Site = { name: "The Museum", addresses, hasAssets: true, isSearched: true, helpUrl: "/errors" };
const hostile = `"><script>alert(1)</script><img src=x onerror='alert(2)'>`;
const at = Date.parse("2026-11-29T05:31:00Z");

const tally = newTally();
const count = (identifier: string, decodedPixels: number, code = "ok"): void => {
  const index = code === "ok" ? "isolate" : undefined;
  const account = { ...newAccount(), identifier, index, strategy: "draw", decodedPixels, sentBytes: 1500 } as const;
  const status = code === "ok" ? 200 : 404;
  const observation = { class: "image", status, code, client: "browser", account, milliseconds: 3, at } as const;
  countObservation(tally, observation, { images: 20, examples: 8 });
};
for (let time = 0; time < 3; time++) count("often", 1e6);
count("dear", 9e6);
count(hostile, 1e6);
for (const name of "aabcdefg") count(name, 0, "not-found");

const shown: Administration = {
  operator: hostile,
  isSignedIn: true,
  health: { status: "failing", warnings: [hostile], checks: { masters: "fails" }, lifecycle: "set" },
  memory: { lentBytes: 2_500_000, waiting: 0 },
  lastDay: {
    tally,
    hours: [
      { hour: "2026-11-29T04", requests: 10 },
      { hour: "2026-11-29T05", requests: 3 },
    ],
  },
  waitingTags: 1200,
  tasks: [],
  actions: [{ at, operator: hostile, action: "purge", detail: hostile }],
  storage: { finished: { at, counts: { masters: { objects: 12_345, bytes: 6.5e9 } } } },
  purged: { kind: "refused", reason: hostile },
};

/** The names of the images of a table, by the heading above it. */
const ranking = (html: string, heading: string): readonly string[] => {
  const [, table = ""] = new RegExp(`<h3>${heading}</h3>(.*?)</table>`).exec(html) ?? [];
  return Array.from(table.matchAll(/<a href="[^"]*">([^<]*)<\/a>/g), ([, name = ""]) => name.slice(0, 5));
};

describe("the page of who administers", () => {
  const html = formatAdminPage(site, shown);

  it("writes nothing hostile as HTML, and has no script, no style and no handler written in it", () => {
    for (const page of [html, formatSignInPage({ ...site, name: hostile }, "wrong")]) {
      expect(page).toContain("&lt;script&gt;");
      expect(page).not.toMatch(/<script|<img src=x| style=| on[a-z]+=(?!&)|<style/);
    }
  });

  it("ranks images by what they took", () => {
    expect(ranking(html, "Asked for most")).toEqual(["often", "dear", "&quot"]);
    expect(ranking(html, "Dearest: all the pixels that were decoded")[0]).toBe("dear");
  });

  it("says in words what its pictures show", () => {
    expect(html).toContain('role="img" aria-label="Requests an hour: from 3 to 10, now 3"');
    expect(html.match(/<svg class="meter"/g)).toHaveLength(
      html.match(/<svg class="meter"[^>]* aria-hidden="true"/g)!.length,
    );
    expect(html).toContain("1,200 tags wait");
    expect(html).toContain("12,345, 6.5 GB");
  });

  it("names errors with some of what they were met with, the most frequent first", () => {
    expect(html).toMatch(/not-found<\/a><\/th><td class="number">8<\/td><td>a \(2\), b, c, d, e<\/td>/);
  });

  it("says what was done in words, and shows what was cut off as it is", () => {
    const order = { kind: "images", identifiers: ["maps/1", hostile] };
    const details = [JSON.stringify({ order, images: 2, workersCache: { state: "absent" } }), "{}", '{"order":{"kind'];
    const actions = details.map((detail) => ({ at, operator: "secret", action: "purge", detail }));
    const cells = formatAdminPage(site, { ...shown, actions }).matchAll(/<td class="detail">(.*?)<\/td>/g);
    expect(Array.from(cells, ([, cell]) => cell)).toEqual([
      expect.stringMatching(/^kind images, identifiers maps\/1 .*&lt;script&gt;.*, images 2, state absent$/),
      "",
      "{&quot;order&quot;:{&quot;kind",
    ]);
  });

  it("says so where nothing was counted, and where something can't be read", () => {
    const empty = { tally: newTally(), hours: [] };
    const quiet = formatAdminPage(site, {
      ...shown,
      ...{ lastDay: empty, actions: [], storage: {}, waitingTags: 0, purged: undefined, isSignedIn: false },
    });
    for (const sentence of ["None in the last 24 hours.", "Nobody has done anything yet.", "Nothing waits"]) {
      expect(quiet).toContain(sentence);
    }
    expect(quiet).not.toMatch(/Sign out|NaN|Infinity|undefined/);
    const unread = { lastDay: undefined, actions: undefined, storage: undefined, waitingTags: undefined };
    expect(formatAdminPage(site, { ...shown, ...unread }).match(/can’t be read now/g)).toHaveLength(4);
  });

  it("goes on with a purge by a button", () => {
    const derivatives = { pictures: 1, indexes: 2 };
    const workersCache = { state: "refused", tags: 2, waiting: 0, reason: "too many calls" } as const;
    const next = '{"kind":"prefix","prefix":"maps/","after":"maps/99"}';
    const part = { kind: "purged", images: 100, workersCache, dataCentre: { left: 3 }, derivatives, next } as const;
    const page = formatAdminPage(site, { ...shown, purged: part });
    expect(page).toContain('value="{&quot;kind&quot;:&quot;prefix&quot;');
    expect(page).toContain("refused: too many calls. Send it again.");
    expect(page).toContain("3 entries could not be removed");
  });
});

it("numbers are written for people", () => {
  expect([0, 9.94, 12.6, 1_234_567].map(formatAmount)).toEqual(["0", "9.9", "13", "1,234,567"]);
  expect([0, 999, 1500, 6.5e9, 2e18].map(formatBytes)).toEqual([
    "0 bytes",
    "999 bytes",
    "1.5 KB",
    "6.5 GB",
    "2,000 PB",
  ]);
});
