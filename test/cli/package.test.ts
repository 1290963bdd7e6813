import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { faultForPackage, faultForSources } from "../../src/node/required-node.mjs";
import { personalEnvironment } from "../docs/shell-session.ts";
import { makeTiff } from "../support/make-tiff.ts";

const root = join(import.meta.dirname, "..", "..");

/** What is left out of the copy that is packed: the rest of a checkout is as somebody has it who publishes. */
const left = /^(?:node_modules|build|compiled|\.git|\.wrangler|\.tessera)$/;

/** The oldest Node that the package promises to run with. Source: package.json, engines. */
const oldestNode = "22.15.0";

let folder: string;
const inFolder = (...parts: readonly string[]) => join(folder, ...parts);

/** Runs a program and returns how it ended and what it printed. */
async function run(program: string, args: readonly string[], cwd: string) {
  const child = spawn(program, args, { cwd, env: personalEnvironment(), stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
  }
  const status = await new Promise((resolve) => child.once("close", resolve));
  return { status, printed };
}

let packed: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tessera-package-"));
  await cp(root, inFolder("checkout"), {
    recursive: true,
    filter: (path) => !left.test(path.slice(root.length + 1).split("/")[0] ?? ""),
  });
  await symlink(join(root, "node_modules"), inFolder("checkout", "node_modules"), "dir");
  const { status, printed } = await run("npm", ["pack", "--pack-destination", folder], inFolder("checkout"));
  expect(status, printed).toBe(0);
  packed = inFolder(printed.trim().split("\n").at(-1) ?? "");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the package", () => {
  it("is smaller than two megabytes and leaves no compiled files in the checkout", async () => {
    expect((await stat(packed)).size).toBeLessThan(2e6);
    await expect(stat(inFolder("checkout", "compiled"))).rejects.toThrow("ENOENT");
  });

  it("is installed in an empty folder", async () => {
    await cp(packed, inFolder("elsewhere", "tessera.tgz"));
    await writeFile(inFolder("elsewhere", "package.json"), '{ "private": true }');
    // Its own Node, the oldest that is promised, is what npx finds first.
    const install = await run("npm", ["install", "./tessera.tgz", `node@${oldestNode}`], inFolder("elsewhere"));
    expect(install.status, install.printed).toBe(0);
    await mkdir(inFolder("elsewhere", "scans"));
    await writeFile(inFolder("elsewhere", "scans", "plate.tif"), await makeTiff({ width: 300, height: 200, tile: 64 }));
  });

  it("runs with the oldest Node that it promises, in a folder of its own", async () => {
    const ingest = await run("npx", ["tessera", "ingest", "scans", "--to", "local"], inFolder("elsewhere"));
    expect(ingest.printed).toContain("stored    scans/plate.tif as plate");
    expect(ingest.status).toBe(0);
    // The buckets lie in the working folder, not in what the next installation replaces.
    expect((await stat(inFolder("elsewhere", ".wrangler", "state"))).isDirectory()).toBe(true);
  });

  it("says which Node runs a configuration in TypeScript", async () => {
    await writeFile(inFolder("elsewhere", "own.config.ts"), "export default { jobs: 1 as number };\n");
    await writeFile(inFolder("elsewhere", "own.config.mjs"), "export default { jobs: 1 };\n");
    const dryRun = ["tessera", "ingest", "scans", "--to", "local", "--dry-run", "--config"];
    const refused = await run("npx", [...dryRun, "own.config.ts"], inFolder("elsewhere"));
    expect(refused.printed).toContain(`Node ${oldestNode} does not run TypeScript, and 22.18 or newer does`);
    expect(refused.status).toBe(2);
    const taken = await run("npx", [...dryRun, "own.config.mjs"], inFolder("elsewhere"));
    expect(taken.printed).toContain("1 image; nothing was converted or stored");
    expect(taken.status).toBe(0);
  });

  it("runs with the Node of the project too, and keeps what is there", async () => {
    const command = inFolder("elsewhere", "node_modules", "tessera-iiif", "src", "cli", "tessera.mjs");
    const ingest = await run(process.execPath, [command, "ingest", "scans", "--to", "local"], inFolder("elsewhere"));
    expect(ingest.printed).toContain("1 kept");
    expect(ingest.status).toBe(0);
  });

  it("has the types of its configuration", async () => {
    const types = inFolder("elsewhere", "node_modules", "tessera-iiif", "compiled", "settings", "ingest-config.d.ts");
    expect((await stat(types)).isFile()).toBe(true);
  });
});

describe("a Node that is too old", () => {
  it.each([
    ["20.9.0", faultForPackage, /^tessera needs Node 22\.15 or newer, and this is 20\.9\.0: install /],
    ["22.14.0", faultForPackage, /^tessera needs Node 22\.15 or newer/],
    ["20.20.2", faultForSources, /^Tessera's scripts need Node 24, and this is 20\.20\.2: run "npm install"/],
  ])("%s is told in one sentence what to do", (version, faultFor, sentence) => {
    expect(faultFor(version)).toMatch(sentence);
  });

  it("is none that is new enough", () => {
    expect(faultForPackage(oldestNode)).toBeUndefined();
    expect(faultForPackage("24.0.0")).toBeUndefined();
    expect(faultForSources("24.0.0")).toBeUndefined();
  });
});
