import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { localBuckets } from "../../src/bucket/local-buckets.ts";
import { shareLocalBuckets } from "../../src/bucket/open-local-buckets.ts";
import { runCommandLine } from "../../src/cli/command-line.ts";
import { maxMarkPixels } from "../../src/limits.ts";
import { decodeMark } from "../../src/marks/decode.ts";
import type { DecodedMark } from "../../src/render/marks.ts";
import { openMeasuringTools } from "../support/drawing-tools.ts";
import { tellingConverter } from "../support/ingest.ts";
import { recordTerminal } from "../support/terminal.ts";

let folder: string;
let endSharing: () => Promise<void>;
beforeEach(async () => {
  endSharing = shareLocalBuckets();
  folder = await mkdtemp(join(tmpdir(), "tessera-mark-"));
  await mkdir(join(folder, "state"));
});
afterEach(async () => {
  await endSharing();
  await rm(folder, { recursive: true });
});

async function run(args: readonly string[]) {
  const { terminal, printed, said } = recordTerminal(folder, {});
  const converter = tellingConverter([]);
  const status = await runCommandLine(["access", "mark", ...args], { terminal, converter });
  return { status, printed: printed(), said: said() };
}

async function storedMark(stateFolder: string, key: string): Promise<DecodedMark> {
  const configFile = join(import.meta.dirname, "..", "..", "wrangler.toml");
  const buckets = localBuckets({ configFile, stateFolder });
  const found = await buckets.catalogue.get(key);
  await buckets.close();
  if (found === undefined) throw new Error(`no ${key}`);
  expect(found.contentType).toBe("image/png");
  return decodeMark(openMeasuringTools().tools.kernels, found.bytes);
}

/** How many pixels are light, dark or clear, of all. */
function shares({ samples, width, height }: DecodedMark) {
  let [light, dark, clear] = [0, 0, 0];
  for (let at = 0; at < samples.length; at += 4) {
    const [level = 0, alpha = 0] = [samples[at], samples[at + 3]];
    if (alpha < 3) clear += 1;
    else if (level > 200) light += 1;
    else if (level < 60) dark += 1;
  }
  return { light: light / (width * height), dark: dark / (width * height), clear: clear / (width * height) };
}

describe("tessera access mark", () => {
  it("writes a text in the font of the pages, light with a dark halo on nothing", async () => {
    const state = join(folder, "state");
    const place = ["--to", "local", "--state", state];
    const { status, printed, said } = await run(["library", "--text", "© Archiv & <Bibliothek>", ...place]);
    expect(said).toBe("");
    expect(status).toBe(0);
    expect(printed).toMatch(/^marks\/library\.png: \d+ by \d+ pixels, \d+ bytes; in /);
    const mark = await storedMark(state, "marks/library.png");
    expect(mark.width * mark.height).toBeLessThanOrEqual(maxMarkPixels);
    expect(mark.width).toBeGreaterThan(4 * mark.height);
    const { light, dark, clear } = shares(mark);
    expect(light).toBeGreaterThan(0.1);
    expect(dark).toBeGreaterThan(0.1);
    expect(clear).toBeGreaterThan(0.1);

    const again = await run(["library", "--text", "another", ...place]);
    expect(again).toMatchObject({ status: 0 });
    expect(again.said).toContain("npx tessera purge");
    expect((await storedMark(state, "marks/library.png")).width).not.toBe(mark.width);
  });

  it("makes a large picture as small as a mark has to be, and keeps what is clear in it", async () => {
    const state = join(folder, "state");
    const half = { input: Buffer.from('<svg width="1500" height="500"><rect width="750" height="500"/></svg>') };
    const clear = { r: 0, g: 0, b: 0, alpha: 0 };
    const picture = sharp({ create: { width: 1500, height: 500, channels: 4, background: clear } }).composite([half]);
    await writeFile(join(folder, "logo.png"), await picture.png().toBuffer());
    const { status } = await run(["logo", "--image", "logo.png", "--to", "local", "--state", state]);
    expect(status).toBe(0);
    const mark = await storedMark(state, "marks/logo.png");
    expect(mark.width * mark.height).toBeLessThanOrEqual(maxMarkPixels);
    expect(mark.width / mark.height).toBeCloseTo(3, 1);
    expect(shares(mark).clear).toBeCloseTo(0.5, 1);
  });

  it.each<[readonly string[], string]>([
    [[], "no mark is named"],
    [["A_b", "--text", "x"], "A_b is not made of a to z"],
    [["a"], "one of --text and --image is needed"],
    [["a", "--text", "x", "--image", "y"], "one of --text and --image is needed"],
    [["a", "--image", "y", "--font", "z"], "--font has no effect without --text"],
    [["a", "b", "--text", "x"], "b is a second mark"],
  ])("refuses %j", async (args, said) => {
    const refused = await run([...args, "--to", "local"]);
    expect(refused.status).toBe(2);
    expect(refused.said).toContain(said);
  });

  it("refuses a file that is no picture, and a font that is not there", async () => {
    const state = join(folder, "state");
    await writeFile(join(folder, "text.png"), "no picture");
    const place = ["--to", "local", "--state", state];
    expect((await run(["a", "--image", "text.png", ...place])).said).toContain("text.png makes no mark");
    expect((await run(["a", "--text", "x", "--font", "none.ttf", ...place])).said).toContain(
      "there is no font none.ttf",
    );
  });
});
