import { execFileSync, spawnSync } from "node:child_process";
import { basename } from "node:path";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { checkMaster } from "../../src/check/check.ts";
import type { MasterReport } from "../../src/check/report.ts";
import { openDrawer } from "../../src/cli/check-drawer.ts";
import { commandsOf } from "../../src/cli/check-files.ts";
import { convertMaster } from "../../src/convert/convert.ts";
import { repackMaster } from "../../src/convert/repack.ts";
import { openFileSource } from "../../src/node/file-source.ts";
import { problemsOf } from "../support/checked-masters.ts";
import { drawScene, makeTestFolder, usualConversion } from "../support/masters.ts";

const folder = makeTestFolder();
const draw = openDrawer();
const scene = drawScene({ width: 1300, height: 1100 });

/** The library that the ingest loads tells programs started from here where modules of its own are. */
const { VIPSHOME: _, ...environment } = process.env;

function call(command: string, ...args: readonly string[]): void {
  execFileSync(command, args, { cwd: folder.path(""), env: environment, stdio: "pipe" });
}

function has(command: string): boolean {
  return spawnSync(command, ["--version"], { env: environment }).error === undefined;
}

async function check(path: string): Promise<MasterReport> {
  await using source = await openFileSource(path);
  return await checkMaster(source, { draw });
}

interface Mended {
  readonly before: MasterReport;
  readonly after: MasterReport;
  /** Of the master that came of it. */
  readonly path: string;
}

/** Carries out the commands of the worst problem and checks the master that comes of them. */
async function mend(file: string): Promise<Mended> {
  const before = await check(file);
  const path = folder.path(`mended-${basename(file)}`);
  for (const command of commandsOf(before.problems[0] ?? { mend: [] }, file)) {
    const [, word, isRepack] = /^npx tessera ingest (.+) --to local( --repack)?$/.exec(command) ?? [];
    if (word === undefined) call("sh", "-c", command);
    else {
      const source = execFileSync("sh", ["-c", `printf %s ${word}`]).toString();
      const found = source.startsWith("/") ? source : folder.path(source);
      // The bucket is left out: what lies in it is what these write.
      await (isRepack ? repackMaster(found, path) : convertMaster(found, path, usualConversion));
    }
  }
  return { before, after: await check(path), path };
}

/** The mean difference of a master from the scene, in levels of 255. */
async function differenceFromScene(path: string): Promise<number> {
  const [ours, theirs] = await Promise.all([sharp(path).raw().toBuffer(), scene.clone().raw().toBuffer()]);
  expect(ours.byteLength).toBe(theirs.byteLength);
  return ours.reduce((sum, sample, at) => sum + Math.abs(sample - (theirs[at] ?? 0)), 0) / ours.byteLength;
}

describe("the ingest mends", () => {
  const lzw = { compression: "lzw" } as const;
  const tiles = { tile: true, pyramid: true, compression: "jpeg", quality: 80 } as const;

  it.each([
    ["strips", () => scene.clone().tiff(lzw), ["strips", "one-level"]],
    ["a JPEG file", () => scene.clone().jpeg({ progressive: true }), ["decoded-whole", "progressive"]],
    ["CMYK", () => scene.clone().toColourspace("cmyk").tiff(lzw), ["strips", "one-level", "inks"]],
    ["a profile other than sRGB", () => scene.clone().withIccProfile("p3").tiff(tiles), ["profile-converted"]],
  ])("%s", async (name, make, codes) => {
    const { before, after } = await mend(await folder.lay(`${name}.tif`, make()));
    expect(before.problems.map(({ code }) => code)).toEqual(expect.arrayContaining(codes));
    expect(problemsOf(after)).toEqual([]);
    expect(after.served).toBe("whole");
  });

  it("directories after tiles, by repacking", async () => {
    const noise = { type: "gaussian", mean: 128, sigma: 60 } as const;
    const picture = sharp({ create: { width: 3000, height: 2000, channels: 3, background: "red", noise } });
    const { before, after } = await mend(await folder.lay("behind.tif", picture.tiff(tiles)));
    expect(problemsOf(before)).toEqual(["note slow-opening"]);
    expect(before.problems[0]?.mend).toEqual(["npx tessera ingest FILE --to local --repack"]);
    expect(problemsOf(after)).toEqual([]);
    expect(after.pages[0]?.costs?.opening.reads).toBe(1);
  });
});

describe.skipIf(!has("vips"))("libvips in front of the ingest mends", () => {
  /** Runs operations one after another, the first on the scene. */
  const makeBy = async (path: string, ...operations: readonly (readonly string[])[]): Promise<void> => {
    let input = await folder.lay("scene.png", scene.clone().png());
    for (const [index, [name = "", ...values]] of operations.entries()) {
      const output = index === operations.length - 1 ? path : folder.path(`step-${index}.v`);
      call("vips", name, input, output, ...values);
      input = output;
    }
  };

  it.each<[string, readonly (readonly string[])[]]>([
    ["CIELab", [["colourspace", "lab"], ["Lab2LabQ"], ["tiffsave"]]],
    ["floating point", [["linear", "0.00392156862745098", "0"], ["tiffsave"]]],
    ["whole numbers of 32 bits", [["linear", "16843009", "0"], ["cast", "uint"], ["tiffsave"]]],
  ])("%s", async (name, operations) => {
    const file = folder.path(`${name}.tif`);
    await makeBy(file, ...operations);
    const { before, after, path } = await mend(file);
    expect(before.problems[0]?.mend).toHaveLength(3);
    expect(problemsOf(after)).toEqual([]);
    expect(await differenceFromScene(path)).toBeLessThan(3);
  });
});

describe.skipIf(!has("tiffcp"))("the tools of libtiff in front of the ingest mend", () => {
  it("tiles in separate planes", async () => {
    const whole = await folder.lay("whole.tif", scene.clone().tiff({ compression: "lzw" }));
    const file = folder.path("planes.tif");
    call("tiffcp", ...["-p", "separate", "-t", "-w", "256", "-l", "256", "-c", "lzw", whole, file]);
    const { before, after, path } = await mend(file);
    expect(before.problems.map(({ code }) => code)).toContain("planes");
    expect(problemsOf(after)).toEqual([]);
    expect(await differenceFromScene(path)).toBeLessThan(3);
  });
});
