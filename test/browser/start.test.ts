import { spawnSync } from "node:child_process";
import { appendFile, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FreshCheckout, startFreshCheckout } from "../support/fresh-checkout.ts";

let checkout: FreshCheckout;
beforeAll(async () => {
  checkout = await startFreshCheckout();
});
afterAll(() => checkout?.remove());

const ask = async (path: string): Promise<number> => (await fetch(`http://${checkout.host}${path}`)).status;
const run = (script: string) =>
  spawnSync("npm", ["run", "--silent", script], { cwd: checkout.folder, encoding: "utf8" });

/** Waits until npm start has printed something that fits; what never comes ends with the test's own time. */
async function waitForPrinted(pattern: RegExp): Promise<void> {
  while (!pattern.test(checkout.printed())) await wait(100);
}

describe("npm start", () => {
  it("shows a line for each request", async () => {
    expect(await ask("/iiif/3/nowhere/info.json")).toBe(404);
    await waitForPrinted(/^404 GET \/iiif\/3\/nowhere\/info\.json {2}[\d.]+ ms {2}not-found, 3 reads$/m);
  });

  it("goes on while somebody builds, and nothing is written that is the same", async () => {
    const kernel = join(checkout.folder, "build", "kernel.wasm");
    const before = await stat(kernel);
    expect(run("build")).toMatchObject({ status: 0 });
    expect(await stat(kernel)).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs });
    expect(await ask("/health")).toBe(200);
  });

  it("takes over a kernel that was built anew", async () => {
    const kernel = join(checkout.folder, "build", "kernel.wasm");
    const source = join(checkout.folder, "wasm", "index.ts");
    const before = await readFile(kernel);
    await appendFile(source, "\nexport function addedByTest(): i32 { return 7; }\n");
    expect(run("build:kernel")).toMatchObject({ status: 0 });
    expect((await readFile(kernel)).equals(before)).toBe(false);
    expect(await ask("/iiif/3/caillebotte-paris-street/full/90,/0/default.jpg")).toBe(200);
    expect(checkout.printed()).not.toContain("wrangler dev ended");
  });

  it("keeps the kernel, and says why, when it can't be compiled", async () => {
    const kernel = join(checkout.folder, "build", "kernel.wasm");
    const before = await readFile(kernel);
    await appendFile(join(checkout.folder, "wasm", "index.ts"), "\nexport function broken( {\n");
    const { status, stderr } = run("build:kernel");
    expect(status).toBe(1);
    expect(stderr).toContain("wasm/index.ts");
    expect((await readFile(kernel)).equals(before)).toBe(true);
    expect(await ask("/health")).toBe(200);
  });

  it("survives sources that do not build, says so, and goes on once they do", async () => {
    const file = join(checkout.folder, "src", "app.ts");
    const sources = await readFile(file, "utf8");
    await writeFile(file, `${sources}\nconst broken = ;\n`);
    await waitForPrinted(/Build failed[^\n]*\nThe service goes on, and answers again, once this is mended\./);
    await waitForPrinted(/src\/app\.ts:\d+/);
    await writeFile(file, sources);
    expect(await ask("/health")).toBe(200);
  });
});
