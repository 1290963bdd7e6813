import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import worker from "../../src/worker.ts";
import { makeTiff } from "../support/make-tiff.ts";

beforeAll(async () => {
  await env.MASTERS.put("crawled", await makeTiff({ width: 640, height: 480, tile: 64 }));
});

async function ask(path: string, variables: object, init: RequestInit = {}) {
  const context = createExecutionContext();
  const changed = { ...env, BASE_URL: "https://images.example.org", STATISTICS_SECONDS: "0", ...variables };
  const request = new Request(`https://images.example.org${path}`, init);
  const response = await worker.fetch(request as never, changed as unknown as Env, context);
  const text = new TextDecoder().decode(await response.bytes());
  await waitOnExecutionContext(context);
  return { status: response.status, headers: response.headers, text };
}

const image = "/iiif/3/crawled";

describe("what crawlers are told", () => {
  const wishes = { AI_PREFERENCES: "train-ai=n, search=y", ROBOTS_TAG: "noimageindex" };
  const told = ({ headers }: { readonly headers: Headers }) =>
    ["Content-Usage", "Content-Signal", "X-Robots-Tag"].map((name) => headers.get(name));

  it("is sent with pictures, info.json, manifests, pages, and what was not changed", async () => {
    const picture = await ask(`${image}/full/100,/0/default.jpg`, wishes);
    const known = { headers: { "If-None-Match": picture.headers.get("ETag") ?? "" } };
    const answers = [
      ...[picture, await ask(`${image}/full/100,/0/default.jpg`, wishes, known)],
      ...[await ask(`${image}/info.json`, wishes), await ask("/iiif/2/crawled/info.json", wishes)],
      await ask("/", wishes),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 304, 200, 200, 200]);
    for (const answer of answers)
      expect(told(answer)).toEqual(["train-ai=n, search=y", "ai-train=no, search=yes", "noimageindex"]);
  });

  it("is not sent where nothing is said, or nothing is shown", async () => {
    expect(told(await ask(`${image}/info.json`, {}))).toEqual([null, null, null]);
    expect(told(await ask("/iiif/3/missing/info.json", wishes))).toEqual([null, null, null]);
  });

  it("stands in robots.txt", async () => {
    const { status, headers, text } = await ask("/robots.txt", { ...wishes, ROBOTS: "closed" });
    expect([status, headers.get("Content-Type")]).toEqual([200, "text/plain; charset=utf-8"]);
    expect(text).toBe(
      "User-agent: *\nContent-Signal: ai-train=no, search=yes\nContent-Usage: / train-ai=n, search=y\nDisallow: /\n",
    );
  });
});

describe("pictures above what is sent without a signature", () => {
  const limited = { SIGNED_ABOVE_PIXELS: "100000" };

  it("are refused, to all methods and before it is told whether they have changed", async () => {
    const path = `${image}/full/640,/0/default.jpg`;
    const open = await ask(path, {});
    expect(open.status).toBe(200);
    const known = { headers: { "If-None-Match": open.headers.get("ETag") ?? "" } };
    for (const init of [{}, { method: "HEAD" }, known]) {
      const { status, headers } = await ask(path, limited, init);
      expect([status, headers.get("ETag")]).toEqual([403, null]);
      expect(headers.get("Link")).toContain("#signature-required");
    }
  });

  it("are not what info.json leads to: max and tiles are within the limit that it states", async () => {
    for (const version of [2, 3]) {
      const { text } = await ask(`/iiif/${version}/crawled/info.json`, limited);
      const info = JSON.parse(text);
      expect(version === 3 ? info.maxArea : info.profile[1].maxArea).toBe(100_000);
      expect(info.sizes.every(({ width, height }: Record<string, number>) => width! * height! <= 100_000)).toBe(true);
      expect(info.tiles[0].width).toBe(64);
      expect((await ask(`/iiif/${version}/crawled/full/max/0/default.jpg`, limited)).status).toBe(200);
    }
    expect((await ask(`${image}/0,0,64,64/64,/0/default.jpg`, limited)).status).toBe(200);
  });

  it("have addresses that mean the same picture with and without the limit", async () => {
    const small = await ask(`${image}/full/max/0/default.png`, limited);
    const size = /\/full\/(\d+),(\d+)\/0\/default\.png/
      .exec(small.headers.get("Link") ?? "")
      ?.slice(1)
      .map(Number);
    expect(size).toHaveLength(2);
    const again = await ask(`${image}/full/${size}/0/default.png`, {});
    expect(again.headers.get("ETag")).toBe(small.headers.get("ETag"));
    expect((await ask(`${image}/full/max/0/default.png`, {})).headers.get("ETag")).not.toBe(small.headers.get("ETag"));
  });
});
