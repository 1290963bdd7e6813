import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { versions } from "../support/image-client.ts";
import { makeTiff } from "../support/make-tiff.ts";
import { readPng } from "../support/png-reader.ts";
import { ask } from "../support/service.ts";

type Variables = Readonly<Record<string, string>>;

let file: Uint8Array;

beforeAll(async () => {
  file = await makeTiff({ width: 300, height: 200, tile: 64, levels: 3 });
});

/** Asks a service with these limits about an image of its own: what one service keeps is none of another's. */
async function askUnder(path: string, variables: Variables) {
  const identifier = Object.entries(variables).flat().join("-");
  await env.MASTERS.put(identifier, file);
  return ask(path.replace("{identifier}", identifier), { env: variables });
}

async function sizeUnder(path: string, variables: Variables): Promise<string> {
  const { status, text, bytes } = await askUnder(path, variables);
  if (status !== 200) return `${status} ${text}`;
  const { width, height } = await readPng(bytes);
  return `${width},${height}`;
}

for (const { name, version, whole } of versions) {
  describe(`${name} §4.2 and §5: maxWidth, maxHeight, maxArea`, () => {
    const pathOf = (size: string, region = "full", rotation = "0"): string =>
      `/iiif/${version}/{identifier}/${region}/${size}/${rotation}/default.png`;

    it.each<[string, Variables, string]>([
      ["maxWidth", { MAX_WIDTH: "150" }, "150,100"],
      ["maxHeight", { MAX_HEIGHT: "50" }, "75,50"],
      ["maxArea", { MAX_AREA: "15000" }, "150,100"],
      ["the tightest of all", { MAX_WIDTH: "150", MAX_HEIGHT: "80", MAX_AREA: "2400" }, "60,40"],
    ])("scales max down to %s", async (_, variables, expected) => {
      expect(await sizeUnder(pathOf("max"), variables)).toBe(expected);
    });

    it("holds the limits against the extracted region, so that a small one is untouched", async () => {
      const variables = { MAX_WIDTH: "150", MAX_HEIGHT: "100", MAX_AREA: "10000" };
      expect(await sizeUnder(pathOf("max", "200,100,100,100"), variables)).toBe("100,100");
      expect(await sizeUnder(pathOf("max", "0,0,200,100"), variables)).toBe("141,70");
    });

    it.each<[string, Variables]>([
      ["151,", { MAX_WIDTH: "150" }],
      [",101", { MAX_HEIGHT: "100" }],
      ["151,100", { MAX_AREA: "15000" }],
      ["pct:51", { MAX_WIDTH: "150" }],
    ])("refuses %s above a limit, and never shrinks it silently", async (size, variables) => {
      expect(await sizeUnder(pathOf(size), variables)).toMatch(/^400 The size comes to .* above the max/);
    });

    it.each<[string, Variables]>([
      ["150,", { MAX_WIDTH: "150" }],
      [",100", { MAX_HEIGHT: "100" }],
      ["150,100", { MAX_AREA: "15000" }],
    ])("answers %s, which is just at the limit", async (size, variables) => {
      expect(await sizeUnder(pathOf(size), variables)).toBe("150,100");
    });

    it("fits !w,h within box and limits", async () => {
      expect(await sizeUnder(pathOf("!200,200"), { MAX_WIDTH: "150" })).toBe("150,100");
      expect(await sizeUnder(pathOf("!200,200"), { MAX_AREA: "2400" })).toBe("60,40");
    });

    it("holds maxArea against the canvas of a rotated picture", async () => {
      const variables = { MAX_AREA: "60000" };
      expect(await sizeUnder(pathOf("max", "full", "45"), variables)).toMatch(/^400 The rotated picture comes to/);
      expect(await sizeUnder(pathOf("max", "full", "90"), variables)).toBe("200,300");
      expect(await sizeUnder(pathOf("150,", "full", "45"), variables)).toBe("177,177");
    });

    it("offers only sizes within the limits", async () => {
      const { text } = await askUnder(`/iiif/${version}/{identifier}/info.json`, {
        MAX_WIDTH: "150",
        MAX_HEIGHT: "150",
      });
      const info = JSON.parse(text);
      const stated = version === 3 ? info : info.profile[1];
      expect(info.sizes).toEqual([
        { width: 38, height: 25 },
        { width: 75, height: 50 },
        { width: 150, height: 100 },
      ]);
      expect(stated).toMatchObject({ maxWidth: 150, maxHeight: 150, maxArea: 25_000_000 });
      expect(info).toMatchObject({ width: 300, height: 200 });
    });

    it("offers no tiles that a limit forbids", async () => {
      const { text } = await askUnder(`/iiif/${version}/{identifier}/info.json`, { MAX_AREA: "4095" });
      expect(JSON.parse(text)).not.toHaveProperty("tiles");
      expect(JSON.parse(text).sizes).toEqual([
        { width: 38, height: 25 },
        { width: 75, height: 50 },
      ]);
    });

    it("takes a larger box as the region's own size unless STRICT_CONFINED is on", async () => {
      expect(await sizeUnder(pathOf("!400,400"), { STRICT_CONFINED: "false" })).toBe("300,200");
      const refused = await sizeUnder(pathOf("!400,400"), { STRICT_CONFINED: "true" });
      expect(refused).toMatch(/^400 The box is larger than the region/);
      expect(await sizeUnder(pathOf("!400,100"), { STRICT_CONFINED: "true" })).toBe("150,100");
      expect(await sizeUnder(pathOf("!300,200"), { STRICT_CONFINED: "true" })).toBe("300,200");
    });

    it(`treats ${whole} by the rule of its name`, async () => {
      const answer = await sizeUnder(pathOf(whole), { MAX_WIDTH: "150" });
      if (version === 3) expect(answer).toBe("150,100");
      else expect(answer).toMatch(/^400 The size comes to 300 by 200 pixels, above the maxWidth of 150/);
    });
  });
}

describe("Image API 3.0 §4.2: ^max and ^!w,h", () => {
  it.each<[string, string, Variables, string]>([
    ["up to the limits", "full", { MAX_WIDTH: "600", MAX_HEIGHT: "600" }, "600,400"],
    ["down to the limits", "full", { MAX_WIDTH: "150" }, "150,100"],
    ["up to maxArea", "0,0,100,100", { MAX_AREA: "40000" }, "200,200"],
    ["to the region's own size where that is the limit", "full", { MAX_WIDTH: "300" }, "300,200"],
  ])("^max scales %s", async (_, region, variables, expected) => {
    expect(await sizeUnder(`/iiif/3/{identifier}/${region}/^max/0/default.png`, variables)).toBe(expected);
  });

  it("^!w,h stays within the limits", async () => {
    const path = "/iiif/3/{identifier}/full/^!900,900/0/default.png";
    expect(await sizeUnder(path, { MAX_WIDTH: "450" })).toBe("450,300");
  });

  it("^w, above a limit is refused", async () => {
    const answer = await sizeUnder("/iiif/3/{identifier}/full/^451,/0/default.png", { MAX_WIDTH: "450" });
    expect(answer).toMatch(/^400 The size comes to 451 by 301 pixels, above the maxWidth of 450/);
  });
});
