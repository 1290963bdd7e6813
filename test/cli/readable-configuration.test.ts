import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runCommandLine } from "../../src/cli/command-line.ts";
import { readConfiguration } from "../../src/cli/readable-configuration.ts";
import { tellingConverter } from "../support/ingest.ts";
import { recordTerminal } from "../support/terminal.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tessera-configuration-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function read(content: string, given: object = {}) {
  await writeFile(join(folder, "tessera.config.json"), content);
  const faults: string[] = [];
  return { faults, ...(await readConfiguration(given, { folder }, faults)) };
}

/** What the command says is wrong, a line each. */
async function faultsOf(content: string, ...args: readonly string[]): Promise<readonly string[]> {
  await writeFile(join(folder, "tessera.config.json"), content);
  await writeFile(join(folder, "a.tif"), "");
  const { terminal, said } = recordTerminal(folder);
  const status = await runCommandLine(["ingest", folder, ...args], { terminal, converter: tellingConverter([]) });
  expect(status).toBe(2);
  const lines = said()
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("Usage") && !line.startsWith("Several"));
  return lines.map((line) => line.trim());
}

describe("a configuration with faults", () => {
  it("is sure of what is right in it and of what the command line says", async () => {
    const { config, isSure, faults } = await read('{"to": "mars", "jobs": 3, "tile": 300}', { tile: 256 });
    expect(faults).toHaveLength(2);
    expect(config).toMatchObject({ jobs: 3 });
    expect(isSure(["jobs", "prefix", "tile"])).toBe(true);
    expect(isSure(["jobs", "to"])).toBe(false);
  });

  it.each(['{"too": "local"}', "{", "[]", '{"to": "local",}'])(
    "is sure of nothing but the command line where it is %s",
    async (content) => {
      const { isSure, faults } = await read(content, { to: "local" });
      expect(faults).toHaveLength(1);
      expect(isSure(["to"])).toBe(true);
      expect(isSure(["bucket"])).toBe(false);
    },
  );

  it("is not sure of rules that are wrong, nor of a template", async () => {
    expect((await read('{"conversions": [{"match": "*", "quality": 900}]}')).isSure(["conversions"])).toBe(false);
    expect((await read('{"identifier": "{nom}"}')).isSure(["identifier"])).toBe(false);
  });

  it("brings no second fault: one for each mistake", async () => {
    expect(await faultsOf('{"to": "mars"}')).toEqual(['tessera.config.json: to is "mars", not local or remote.']);
    expect(await faultsOf('{"too": "local"}')).toEqual(["tessera.config.json: too is not known; did you mean to?"]);
    expect(await faultsOf("{")).toEqual([expect.stringContaining("tessera.config.json can't be read")]);
    expect(await faultsOf('{"to": "local", "compression": "defalte", "keepDepth": true}')).toEqual([
      expect.stringContaining('compression is "defalte"'),
    ]);
  });

  it("leaves what has nothing to do with it told at once", async () => {
    expect(await faultsOf('{"to": "mars"}', join(folder, "gone"), "--report", "none/r.json", "--to", "local")).toEqual([
      'tessera.config.json: to is "mars", not local or remote.',
      `${join(folder, "gone")} is not there or can't be read.`,
      `--report none/r.json can't be written: there is no folder ${join(folder, "none")}.`,
    ]);
  });
});
