import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { formatMoveRecord, moveKey } from "../../src/catalogue/moved.ts";
import { formatWork } from "../../src/catalogue/work-record.ts";
import { type Platform, startPlatform } from "../support/platform/platform.ts";
import { visit, visitAll } from "../support/platform/visitors.ts";
import { makeFullWork } from "../support/works.ts";

let platform: Platform;

/** Runs the tests that follow against a service that waits so long for storage. */
function serve(timeoutSeconds: number): void {
  beforeAll(async () => {
    const variables = { STORAGE_TIMEOUT_SECONDS: String(timeoutSeconds) };
    platform = await startPlatform({ bundle: inject("bundle"), variables });
    await platform.putRecord("objects/atlas/volume 1.json", formatWork(makeFullWork()));
    await platform.putRecord("attachments/atlas/volume 1/atlas.pdf", new Uint8Array(300_000).fill(32));
  });

  afterEach(() => {
    platform.behaviour.latency = () => 0;
    platform.behaviour.fate = () => "served";
  });

  afterAll(() => platform.stop());
}

const answers = [
  ["documents", "/presentation/3/atlas%2Fvolume%201/manifest"],
  ["pages", "/objects/atlas%2Fvolume%201?page=0002"],
  ["files beside images", "/presentation/atlas%2Fvolume%201/attachment/atlas.pdf"],
  ["changes", "/presentation/activity"],
] as const;

const urlsOf = (root: string, count: number): string[] => Array.from({ length: count }, () => platform.url + root);

const ask = (identifier: string, count: number) =>
  Promise.all(
    Array.from({ length: count }, () =>
      visit(`${platform.url}/iiif/3/${identifier}/info.json`, { redirect: "manual" }),
    ),
  );

const putMove = (identifier: string) =>
  platform.putRecord(moveKey(identifier), formatMoveRecord({ identifier, to: "elsewhere" }));

describe("while storage takes its time", () => {
  // On a busy machine it takes some more.
  serve(60);

  describe.each(answers)("%s", (_, root) => {
    it("are answered to forty visitors at once", async () => {
      platform.behaviour.latency = () => 60;
      const answers = await visitAll(urlsOf(root, 40));
      expect(answers.map(({ status, isWhole }) => [status, isWhole])).toEqual(Array(40).fill([200, true]));
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    });

    it("leave no memory lent when their visitors leave", async () => {
      platform.behaviour.latency = () => 300;
      await Promise.all(Array.from({ length: 10 }, () => platform.leave(root, 50)));
      platform.behaviour.latency = () => 0;
      const [{ status } = { status: 0 }] = await visitAll(urlsOf(root, 1));
      expect(status).toBe(200);
      const health = (await (await fetch(`${platform.url}/health`)).json()) as { memory: { lentBytes: number } };
      expect(health.memory.lentBytes).toBe(0);
    });
  });

  it("where an image has gone is told to forty visitors at once", async () => {
    await putMove("quick");
    platform.behaviour.latency = () => 60;
    const answers = await ask("quick", 40);
    expect(answers.map(({ status }) => status)).toEqual(Array(40).fill(301));
  });
});

describe("where storage never answers or fails", () => {
  serve(2);

  it.each(answers)("%s are a 503 that nobody keeps, and come back after it", async (_, root) => {
    for (const fate of ["hung", "failed"] as const) {
      platform.behaviour.fate = ({ tier }) => (tier === "catalogue" ? fate : "served");
      for (const { status, headers } of await visitAll(urlsOf(root, 2))) {
        expect([status, headers.get("Cache-Control")]).toEqual([503, "no-store"]);
      }
      platform.behaviour.fate = () => "served";
      expect((await visitAll(urlsOf(root, 2))).map(({ status }) => status)).toEqual([200, 200]);
    }
  });

  it("where an image has gone is a 503 within a deadline, and never a 404", async () => {
    for (const fate of ["hung", "failed"] as const) {
      await putMove(fate);
      platform.behaviour.fate = ({ tier }) => (tier === "catalogue" ? fate : "served");
      for (const { status, headers } of await ask(fate, 2)) {
        expect([status, headers.get("Cache-Control")]).toEqual([503, "no-store"]);
      }
      platform.behaviour.fate = () => "served";
      expect((await ask(fate, 1))[0]?.status).toBe(301);
    }
  });
});
