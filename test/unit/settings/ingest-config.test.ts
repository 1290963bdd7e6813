import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { IngestConfig } from "tessera-iiif/config";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CommandFaults } from "../../../src/settings/command-faults.ts";
import {
  checkIngestConfig,
  chooseTreatment,
  formatTreatment,
  readIngestConfig,
} from "../../../src/settings/ingest-config.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tessera-config-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function faultsOf(work: () => unknown): Promise<readonly string[]> {
  try {
    await work();
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(CommandFaults);
    return (error as CommandFaults).faults;
  }
}

describe("a configuration file", () => {
  it("is found in the folder as JSON, and need not be there", async () => {
    expect(await readIngestConfig(folder, undefined)).toEqual({});
    // The types are imported as a configuration file imports them.
    const content: IngestConfig = { to: "local", jobs: 2 };
    await writeFile(join(folder, "tessera.config.json"), JSON.stringify(content));
    expect(await readIngestConfig(folder, undefined)).toMatchObject({ to: "local", jobs: 2 });
  });

  it("that is a program runs when it is named, and is an error, without running, when it is only found", async () => {
    const trace = join(folder, "was-run");
    const program = `import { writeFileSync } from "node:fs";
      writeFileSync(${JSON.stringify(trace)}, "");
      const to: string = "remote"; export default { to };`;
    await writeFile(join(folder, "tessera.config.ts"), program);
    const faults = await faultsOf(() => readIngestConfig(folder, undefined));
    expect(faults).toEqual([expect.stringContaining("only runs when it is named: --config tessera.config.ts")]);
    expect(existsSync(trace)).toBe(false);
    expect(await readIngestConfig(folder, "tessera.config.ts")).toMatchObject({ to: "remote" });
    expect(existsSync(trace)).toBe(true);
  });

  it("that is found names no endpoint but R2's, and any when it is named", async () => {
    const lay = (endpoint: string) => writeFile(join(folder, "tessera.config.json"), JSON.stringify({ endpoint }));
    const account = "0123456789abcdef0123456789abcdef";
    for (const endpoint of [
      "https://s3.example.org",
      "http://127.0.0.1:9000",
      `https://${account}.r2.cloudflarestorage.com.example.org`,
      `https://${account}.r2.cloudflarestorage.com@example.org`,
      `http://${account}.r2.cloudflarestorage.com`,
    ]) {
      await lay(endpoint);
      expect(await faultsOf(() => readIngestConfig(folder, undefined))).toEqual([
        expect.stringContaining("--config tessera.config.json"),
      ]);
      expect(await readIngestConfig(folder, "tessera.config.json")).toMatchObject({ endpoint });
    }
    for (const endpoint of [
      `https://${account}.r2.cloudflarestorage.com`,
      `https://${account}.eu.r2.cloudflarestorage.com/`,
    ]) {
      await lay(endpoint);
      expect(await readIngestConfig(folder, undefined)).toMatchObject({ endpoint });
    }
  });

  it("has its paths taken from its own folder", async () => {
    await writeFile(join(folder, "my.json"), '{"records": "data/r.csv", "state": "s"}');
    const config = await readIngestConfig("/", join(folder, "my.json"));
    expect(config).toMatchObject({ records: join(folder, "data", "r.csv"), state: join(folder, "s") });
  });

  it("is refused when it is named and does not exist, or is not JSON", async () => {
    expect(await faultsOf(() => readIngestConfig(folder, "none.json"))).toHaveLength(1);
    await writeFile(join(folder, "tessera.config.json"), "{");
    expect(await faultsOf(() => readIngestConfig(folder, undefined))).toHaveLength(1);
  });

  it("reports everything that is wrong with it at once", async () => {
    const content = {
      to: "there",
      qualtiy: 5,
      jobs: "many",
      identifier: "{nom}",
      conversions: [{ match: "**", tile: 128, page: 3 }, { quality: 101 }, 5],
    };
    expect(await faultsOf(() => checkIngestConfig(content, "c.json"))).toEqual([
      'c.json: to is "there", not local or remote',
      "c.json: qualtiy is not known; did you mean quality?",
      'c.json: jobs is "many", not a whole number from 1 to 64',
      expect.stringContaining('the identifier template "{nom}" has {nom}'),
      expect.stringContaining("needs {path} or {name}"),
      "c.json: tile of conversions[0] is 128, not 256 or 512",
      "c.json: page of conversions[0] is not known",
      "c.json: quality of conversions[1] is 101, not a whole number from 1 to 100",
      "c.json: match of conversions[1] is missing",
      "c.json: conversions[2] is not an object",
    ]);
    expect(await faultsOf(() => checkIngestConfig([], "c.json"))).toEqual(["c.json does not contain an object"]);
  });
});

describe("the treatment of a file", () => {
  const config = checkIngestConfig(
    {
      quality: 70,
      conversions: [
        { match: "maps/**", compression: "webp" },
        { match: "**/*.tif", compression: "deflate", tile: 256 },
      ],
    },
    "c.json",
  );
  const choose = (path: string, given = {}) => {
    const faults: string[] = [];
    return { ...chooseTreatment(path, { given, config, faults }), faults };
  };

  it("is that of the first matching rule, ignoring case, before what is said for all", () => {
    expect(choose("maps/a.tif").settings).toMatchObject({ compression: "webp", quality: 70, tileSize: 512 });
    expect(choose("scans/A.TIF").settings).toMatchObject({ compression: "deflate", tileSize: 256 });
    expect(choose("a.jpg").settings).toMatchObject({ compression: "jpeg", quality: 70 });
  });

  it("is that of the command line before any rule", () => {
    expect(choose("maps/a.tif", { compression: "jpeg", quality: 90 }).settings).toMatchObject({
      compression: "jpeg",
      quality: 90,
    });
    expect(choose("maps/a.tif", { repack: true }).mode).toBe("repack");
  });

  it("is JPEG of quality 89 with halved chroma in tiles of 512 when nothing is said", () => {
    const { settings } = chooseTreatment("a", { given: {}, config: {}, faults: [] });
    expect(settings).toEqual({
      compression: "jpeg",
      quality: 89,
      tileSize: 512,
      subsampling: "4:2:0",
      keepsProfile: false,
      keepsDepth: false,
    });
  });

  it("has whole chroma where the quality asks for it, and is refused where both can't be had", () => {
    expect(choose("a.jpg", { quality: 90 })).toMatchObject({ settings: { subsampling: "4:4:4" }, faults: [] });
    expect(choose("a.jpg", { quality: 90, subsampling: "4:2:0" }).faults).toHaveLength(1);
    expect(choose("a.jpg", { subsampling: "4:4:4" }).faults).toHaveLength(1);
    expect(choose("a.jpg", { subsampling: "4:4:4", repack: true }).faults).toEqual([]);
  });

  it("is refused when it would keep a depth that its compression does not hold", () => {
    expect(choose("a.jpg", { keepDepth: true }).faults).toHaveLength(1);
    expect(choose("a.tif", { keepDepth: true }).faults).toEqual([]);
  });

  it("is worded with everything that changes the master, and nothing else", () => {
    const word = (path: string, given: Parameters<typeof choose>[1]) => formatTreatment(choose(path, given));
    const words = [
      word("a.jpg", {}),
      word("a.jpg", { quality: 71 }),
      word("a.jpg", { tile: 256 }),
      word("a.jpg", { quality: 90 }),
      word("a.jpg", { quality: 90, subsampling: "4:2:0" }),
      word("a.jpg", { keepProfile: true }),
      word("a.jpg", { compression: "webp" }),
      word("a.tif", { keepDepth: true }),
      word("a.jpg", { repack: true }),
    ];
    expect(new Set(words).size).toBe(words.length);
    expect(word("a.tif", { quality: 5 })).toBe(word("a.tif", { quality: 6 }));
  });
});
