import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";

/** From the bottom up: a room may import from rooms below its own floor and from itself, never sideways or up. */
const floors: readonly (readonly string[])[] = [
  ["error", "geometry", "derivative", "limits", "bytes"],
  ["budget", "config"],
  ["source", "raster", "record", "visit", "timers"],
  ["tiff", "iiif", "color"],
  ["codec", "metadata"],
  ["http", "render", "cache", "plain"],
  ["identity", "masters", "check"],
  ["colors"],
  ["services", "ingest"],
  ["probe"],
  ["image", "info", "health"],
  ["worker"],
];

/** Rooms that know no clock, no network and no platform. */
const pureRooms = [
  ...["error", "geometry", "derivative", "limits", "bytes", "budget", "raster", "record", "tiff", "iiif"],
  ...["color", "codec", "metadata", "plain", "check", "render"],
];

const platformWords =
  /\b(?:Date|performance|setTimeout|setInterval|fetch|caches|crypto|console|process\.env|R2Bucket|ExecutionContext|Math\.random)\b/;

const root = join(import.meta.dirname, "..", "src");
const files = globSync("**/*.ts", { cwd: root }).map((path) => normalize(path));

function roomOf(path: string): string {
  return path.split("/")[0]?.replace(/\.ts$/, "") ?? "";
}

function floorOf(room: string): number {
  return floors.findIndex((rooms) => rooms.includes(room));
}

function codeOf(path: string): string {
  const text = readFileSync(join(root, path), "utf8");
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}

function importsOf(path: string): string[] {
  const specifiers = [...codeOf(path).matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map((match) => match[1] ?? "");
  return specifiers.map((specifier) => normalize(join(dirname(path), specifier)));
}

describe("the floors of the house", () => {
  it("give every file a place", () => {
    expect(files.length).toBeGreaterThan(50);
    expect(files.filter((path) => floorOf(roomOf(path)) < 0)).toEqual([]);
  });

  it("are imported from above only", () => {
    const wrong = files.flatMap((path) =>
      importsOf(path)
        .filter((target) => !target.startsWith("..") && roomOf(target) !== roomOf(path))
        .filter((target) => floorOf(roomOf(target)) >= floorOf(roomOf(path)))
        .map((target) => `${path} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it("let only the worker import compiled modules", () => {
    const importing = files.filter((path) => /import\s+\w+\s+from\s+"[^"]+\.wasm"/.test(codeOf(path)));
    expect(importing).toEqual(["worker.ts"]);
  });

  it("let only the worker name Env and the cache of the platform", () => {
    const naming = files.filter((path) => /\bEnv\b|\bcaches\b|\bExecutionContext\b/.test(codeOf(path)));
    expect(naming).toEqual(["worker.ts"]);
  });

  it.each(pureRooms)("keep %s pure", (room) => {
    const impure = files.filter((path) => roomOf(path) === room && platformWords.test(codeOf(path)));
    expect(impure).toEqual([]);
  });
});
