import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { type Call, type Platform, startPlatform } from "../support/platform/platform.ts";
import { expectAlive, hangPainting, painting, pictures, urlOf } from "../support/platform/traffic.ts";
import { visit, visitAll } from "../support/platform/visitors.ts";

let platform: Platform;

/** Runs the tests that follow against a service that waits so long for storage. */
function serve(timeoutSeconds: number): void {
  beforeAll(async () => {
    const variables = {
      CACHE_ABOVE_PIXELS: "1000000000000",
      STORE_ABOVE_PIXELS: "1000000000000",
      STORAGE_TIMEOUT_SECONDS: String(timeoutSeconds),
    };
    platform = await startPlatform({ bundle: inject("bundle"), variables });
    await hangPainting(platform);
  });

  afterEach(async () => {
    platform.behaviour.fate = () => "served";
    platform.behaviour.latency = () => 0;
    await expectAlive(platform);
  });

  afterAll(() => platform.stop());
}

/** What is answered in the end may take its time on a busy machine. */
const ample = 60;

const isRead = ({ tier, call }: Call): boolean => tier === "masters" && call === "get";

describe.each([
  ["never answers", "hung", /does not respond/],
  ["fails", "failed", /does not respond/],
  ["falls short", "short", /returned an incomplete answer/],
] as const)("storage that %s", (_, fate, sentence) => {
  serve(fate === "hung" ? 2 : ample);

  it("is a 503 that nothing keeps, with its reason in the log", async () => {
    platform.behaviour.fate = (call) => (isRead(call) ? fate : "served");
    const before = platform.log.length;
    const answers = await visitAll([urlOf(platform, pictures.thumbnail()), urlOf(platform, pictures.rotated())]);
    for (const { status, headers, text } of answers) {
      expect([status, headers.get("Cache-Control"), headers.get("Retry-After")]).toEqual([503, "no-store", "1"]);
      expect(text).toMatch(sentence);
    }
    const errors = platform.log.slice(before).filter(({ level }) => level === "error");
    expect(errors).toHaveLength(2);
    expect(errors.every(({ code, cause, detail }) => code === "storage-failed" && (cause ?? detail))).toBe(true);
  });

  it("breaks a stream off that has begun, with a line in the log: never a shorter picture that looks whole", async () => {
    let reads = 0;
    platform.behaviour.fate = (call) => (isRead(call) && ++reads > 1 ? fate : "served");
    const before = platform.log.length;
    const answer = await visit(urlOf(platform, "full/4900,/0/default.jpg"));
    expect([answer.status, answer.isWhole]).toEqual([200, false]);
    const broken = platform.log.slice(before).filter(({ message }) => message === "stream broken");
    expect(broken).toHaveLength(1);
    expect(String(broken[0]?.cause)).toMatch(sentence);
  });
});

describe("a master that is replaced while many ask for it", () => {
  serve(ample);

  it("is answered by its new version, whoever was under way", async () => {
    platform.behaviour.latency = () => 60;
    const asked = visitAll(Array.from({ length: 20 }, () => urlOf(platform, pictures.thumbnail())));
    await new Promise((done) => setTimeout(done, 30));
    await hangPainting(platform);
    expect((await asked).map(({ status }) => status)).toEqual(Array(20).fill(200));
  });
});

describe("a master that nobody has opened yet", () => {
  serve(ample);

  it("is opened for a page of thumbnails at once", async () => {
    platform.behaviour.latency = () => 40;
    await platform.putMaster("unopened", await platform.masterBytes(painting));
    const urls = Array.from(
      { length: 40 },
      (_, index) => `${platform.url}/iiif/3/unopened/full/${100 + index},/0/default.jpg`,
    );
    expect((await visitAll(urls)).map(({ status }) => status)).toEqual(Array(40).fill(200));
  });
});
