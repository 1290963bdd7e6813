import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

interface LockedPackage {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const project = join(import.meta.dirname, "../..");
const lock: { readonly packages: Readonly<Record<string, LockedPackage>> } = JSON.parse(
  readFileSync(join(project, "package-lock.json"), "utf8"),
);

/** Says whether a package that the one at `path` depends on is in the lock, next to it or in a folder above. */
function isLocked(path: string, name: string): boolean {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("node_modules/") - 1))) {
    if (`${folder === "" ? "" : `${folder}/`}node_modules/${name}` in lock.packages) return true;
    if (folder === "") return false;
  }
}

describe("the lock file", () => {
  it("has every dependency of every package, those of other systems too", () => {
    const missing = Object.entries(lock.packages).flatMap(([path, { dependencies, optionalDependencies }]) =>
      Object.keys({ ...dependencies, ...optionalDependencies })
        .filter((name) => !isLocked(path, name))
        .map((name) => `${name} of ${path}`),
    );
    expect(missing).toEqual([]);
  });

  it.each(["darwin-arm64", "darwin-x64", "linux-arm64", "linux-x64", "win32-x64"])(
    "has the compiled packages for %s",
    (system) => {
      const names = Object.keys(lock.packages).map((path) => path.replace(/^.*node_modules\//, ""));
      const ofWorkerd = system.replace("win32-x64", "windows-64").replace("x64", "64");
      expect(names).toContain(`@biomejs/cli-${system}`);
      expect(names).toContain(`@img/sharp-${system}`);
      expect(names).toContain(`@cloudflare/workerd-${ofWorkerd}`);
      expect(names).toContain(`@esbuild/${system}`);
    },
  );

  it("has the checksum of every package, and no other registry than npm's", () => {
    const packages = Object.entries(lock.packages).filter(([path, { link }]) => path !== "" && link !== true);
    expect(packages.length).toBeGreaterThan(100);
    expect(packages.filter(([, { integrity }]) => integrity === undefined).map(([path]) => path)).toEqual([]);
    const elsewhere = packages.filter(([, { resolved = "https://registry.npmjs.org/" }]) => {
      return !resolved.startsWith("https://registry.npmjs.org/");
    });
    expect(elsewhere.map(([path]) => path)).toEqual([]);
  });

  it("is left as it is by npm install, whose versions write it differently", async () => {
    const folder = await mkdtemp(join(tmpdir(), "tessera-lock-"));
    try {
      const before = JSON.stringify({ name: "a", version: "1.0.0", lockfileVersion: 3, packages: {} });
      const install = async (): Promise<string> => {
        await writeFile(join(folder, "package.json"), JSON.stringify({ name: "a", version: "1.0.0" }));
        await writeFile(join(folder, "package-lock.json"), before);
        await promisify(execFile)("npm", ["install", "--offline"], { cwd: folder });
        return readFile(join(folder, "package-lock.json"), "utf8");
      };
      expect(await install()).not.toBe(before);
      await copyFile(join(project, ".npmrc"), join(folder, ".npmrc"));
      expect(await install()).toBe(before);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
