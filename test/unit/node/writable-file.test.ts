import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findWriteFault } from "../../../src/node/writable-file.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tessera-writable-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe("a file that is to be written", () => {
  it("is well in a folder that is there, whether it is there or not, and is left as it is", async () => {
    await writeFile(join(folder, "a"), "kept");
    expect(await findWriteFault(join(folder, "a"))).toBeUndefined();
    expect(await findWriteFault(join(folder, "b"))).toBeUndefined();
    expect(await readdir(folder)).toEqual(["a"]);
    expect(await readFile(join(folder, "a"), "utf8")).toBe("kept");
  });

  it("is not where there is no folder, a folder, a file for a folder, or too long a name", async () => {
    await mkdir(join(folder, "d"));
    await writeFile(join(folder, "f"), "");
    expect(await findWriteFault(join(folder, "none", "a"))).toContain(`there is no folder ${join(folder, "none")}`);
    expect(await findWriteFault(join(folder, "d"))).toContain("it is a folder");
    expect(await findWriteFault(join(folder, "f", "a"))).toContain("a part of its path is a file");
    expect(await findWriteFault(join(folder, "x".repeat(300)))).toContain("its name is too long");
    // A folder where nothing can be made, whatever it says of itself.
    expect(await findWriteFault("/proc/none")).toContain("can't be written");
  });

  // Nothing is forbidden to root.
  it.skipIf(process.getuid?.() === 0)("is not where that is forbidden", async () => {
    await chmod(folder, 0o500);
    expect(await findWriteFault(join(folder, "a"))).toContain("permission denied");
    await chmod(folder, 0o700);
  });
});
