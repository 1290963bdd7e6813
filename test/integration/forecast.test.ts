import { env } from "cloudflare:workers";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { totalsOf, usageOfTotals } from "../../src/operation/measured-usage.ts";
import { type ForecastImage, forecastSession } from "../../src/operation/view-forecast.ts";
import { formatTileRequest, sessionTiles, viewKinds } from "../../src/operation/viewer-session.ts";
import { addRollUp, parseRollUp, type RollUp } from "../../src/statistics/roll-up.ts";
import { newTally } from "../../src/statistics/tally.ts";
import { encodeTestTile } from "../support/jpeg-tile.ts";
import { makeTiff } from "../support/make-tiff.ts";
import { ask } from "../support/service.ts";

const secret = "correct-horse-battery-staple";
const tile = 256;
/** Whole tiles at every level: in test files the pixels beyond an edge take as many bytes as others. */
const size = { width: 2048, height: 2048 };
let bytes = 0;

beforeAll(async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined);
  const noise = Uint8Array.from({ length: tile * tile }, (_, index) => Math.imul(index, 2_654_435_761) >>> 28);
  const stored = encodeTestTile({ width: tile, height: tile, samplesPerPixel: 1, samples: noise });
  const file = await makeTiff({
    ...size,
    tile,
    levels: 4,
    directories: "front",
    compression: "jpeg",
    samplesPerPixel: 1,
    photometric: "MinIsBlack",
    tileBytes: () => Uint8Array.from(stored),
  });
  bytes = file.byteLength;
  await env.MASTERS.put("viewed", file);
});

afterAll(() => vi.restoreAllMocks());

/** A bucket that counts what is asked of it in class B. */
function counting(bucket: R2Bucket, onCall: () => void): R2Bucket {
  return new Proxy(bucket, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      if (name === "get" || name === "head") onCall();
      return value.bind(target);
    },
  });
}

/** A ledger that no other test counts in. */
const ledger = { LEDGER: { getByName: () => env.LEDGER.getByName("forecast") } };

/** What the service has counted. */
async function readCounts(): Promise<RollUp> {
  const headers = { Authorization: `Bearer ${secret}` };
  const { text } = await ask("/admin/stats", { headers, env: { ...ledger, ADMIN_SECRET: secret } });
  const { hours }: { readonly hours: readonly object[] } = JSON.parse(text);
  const nothing: RollUp = { period: "2000-01", from: [], tally: newTally() };
  return hours.reduce((sum: RollUp, hour) => addRollUp(sum, parseRollUp(JSON.stringify(hour))), nothing);
}

const isNear = (foretold: number, counted: number): boolean => Math.abs(foretold / counted - 1) <= 0.1;

describe("a session of a viewer", () => {
  // Processor time is no matter of tests: the runtime tells none.
  it("takes what is foretold, to a tenth: requests, class B operations, bytes", async () => {
    let classB = 0;
    const onCall = (): void => {
      classB += 1;
    };
    const changed = {
      ...ledger,
      MASTERS: counting(env.MASTERS, onCall),
      DERIVATIVES: counting(env.DERIVATIVES, onCall),
      STATISTICS_SECONDS: "0.001",
      // A busy machine must not make the session longer than its master is trusted.
      MASTER_TTL_SECONDS: "3600",
    };
    const image: ForecastImage = { ...size, tile, bytes };
    const tiles = sessionTiles(image, { tile, journey: viewKinds.study });
    for (const end of ["info.json", ...tiles.map(formatTileRequest)]) {
      expect((await ask(`/iiif/3/viewed/${end}`, { env: changed })).status, end).toBe(200);
    }
    const asked = classB;
    const { tally } = await readCounts();
    const totals = totalsOf(tally);
    const [, sent, , reads, readBytes] = tally.images.get("viewed")?.figures ?? [];
    expect(tally.images.get("viewed")?.figures[0]).toBe(totals.requests);

    const foretold = forecastSession(image, tiles);
    const counted = { requests: totals.requests, classB: asked, reads, bytesRead: readBytes, bytesSent: sent };
    for (const name of ["requests", "classB", "reads", "bytesRead", "bytesSent"] as const) {
      expect(Math.abs(foretold[name] / (counted[name] ?? 0) - 1), name).toBeLessThan(0.1);
    }
    // What is reckoned from the counts of the service is what the buckets were asked.
    expect(usageOfTotals(totals, 720).classB).toBe(asked);

    // The same measure finds models that are wrong: tiles of another size, levels that are not reckoned with.
    const coarse = forecastSession(image, sessionTiles(image, { tile: 2 * tile, journey: viewKinds.study }));
    expect(isNear(coarse.requests, totals.requests)).toBe(false);
    expect(isNear(coarse.classB, asked)).toBe(false);
    expect(isNear(forecastSession({ ...image, tile: 1e9 }, tiles).bytesRead, readBytes ?? 0)).toBe(false);
  });
});
