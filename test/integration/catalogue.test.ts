import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { makeTiff } from "../support/make-tiff.ts";
import { ask } from "../support/service.ts";

const record = JSON.stringify({ identifier: "plate", label: "A secret label", metadata: [], width: 40, height: 30 });

beforeAll(async () => {
  const image = await makeTiff({ width: 40, height: 30, tile: 16 });
  await env.MASTERS.put("plate", image);
  await env.MASTERS.put(".records/plate.json", record);
  // Even an image is not reached there.
  await env.MASTERS.put(".records/image", image);
  for (const key of ["records/plate.json", ".records/plate.json", "objects/plate.json"]) {
    await env.CATALOGUE.put(key, record);
  }
  await env.CATALOGUE.put("rules.json", "{}");
  await env.CATALOGUE.put("records/image", image);
});

const ends = ["info.json", "full/max/0/default.jpg"] as const;

/** Headers that change from answer to answer, or name what was asked for. */
const own = ["server-timing", "cache-tag"];

/** What is told of an image, with all other headers. */
async function answerOf(version: number, identifier: string, end: string) {
  const { status, text, headers } = await ask(`/iiif/${version}/${identifier}/${end}`);
  return { status, text, headers: [...headers].filter(([name]) => !own.includes(name)) };
}

describe.each([2, 3])("what curators write, asked for by image URLs of version %i", (version) => {
  it.each(ends)("is there to be reached, if it could be: %s", async (end) => {
    expect((await answerOf(version, "plate", end)).status).toBe(200);
  });

  it.each([
    ...[".records/plate.json", ".records%2Fplate.json", ".records%2fplate.json", "%2Erecords%2Fplate.json"],
    ...["%2erecords/plate.json", ".records%2Fimage", ".records%2Fmissing.json", "x%2F..%2F.records%2Fplate.json"],
    ...["records/plate.json", "records%2Fplate.json", "records%2Fimage", "objects%2Fplate.json", "rules.json"],
    ...["%2Frecords%2Fplate.json", "..%2Ftessera-catalogue%2Frecords%2Fplate.json", ".records%2Fplate.json;page=1"],
  ])("is answered as an image that there is not: %s", async (identifier) => {
    for (const end of ends) {
      const missing = await answerOf(version, "missing", end);
      expect(missing.status).toBe(404);
      expect(await answerOf(version, identifier, end)).toEqual(missing);
    }
  });
});
