import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findViolations, floors } from "./support/layers.ts";

const root = join(import.meta.dirname, "..", "src");

const sources = new Map(
  globSync("**/*.{ts,tsx,mjs}", { cwd: root }).map((path) => [
    path.replaceAll("\\", "/"),
    readFileSync(join(root, path), "utf8"),
  ]),
);

describe("the floors of the house", () => {
  it("hold", () => {
    expect(sources.size).toBeGreaterThan(300);
    expect(findViolations(sources)).toEqual([]);
  });

  it.each([
    ["a file without a place", "attic.ts", "export const box = 1;", "in a room without a floor"],
    [
      "a story that imports the command line",
      "stories/image.ts",
      'import { runIngest } from "../job/job.ts";',
      "imports job/job.ts, a room of Node",
    ],
    [
      "a room of the Worker that imports one of Node",
      "masters/open.ts",
      'import { openFileSource } from "../node/file-source.ts";',
      "imports node/file-source.ts, a room of Node",
    ],
    ["an import from above", "tiff/open.ts", 'import { render } from "../render/render.ts";', "which is not below it"],
    [
      "an import of types from above",
      "tiff/open.ts",
      'import type { RenderPlan } from "../render/plan.ts";',
      "which is not below it",
    ],
    [
      "an import from the side",
      "cache/edge.ts",
      'import { render } from "../render/render.ts";',
      "which is not below it",
    ],
    ["an import of the worker", "cli/main.ts", 'import worker from "../worker.ts";', "where a program begins"],
    [
      "an import of the command line",
      "job/job.ts",
      'import { check } from "../cli/check.ts";',
      "where a program begins",
    ],
    ["Node's files in a pure room", "tiff/header.ts", 'import { readFileSync } from "node:fs";', "imports node:fs"],
    ["Node in a story", "stories/info.ts", 'import { join } from "node:path";', "imports node:path"],
    [
      "Node that is imported when it is called",
      "stories/info.ts",
      'const { join } = await import("node:path");',
      "imports node:path",
    ],
    ["sharp outside of the conversion", "check/check.ts", 'import sharp from "sharp";', "imports sharp"],
    ["wrangler outside of its rooms", "cli/ingest.ts", 'import { unstable_dev } from "wrangler";', "imports wrangler"],
    ["a package nobody spoke of", "http/respond.ts", 'import leftPad from "left-pad";', "imports left-pad"],
    ["a compiled module", "codec/inflate.ts", 'import module from "../../build/kernel.wasm";', "kernel.wasm"],
    ["a header name", "stories/image.ts", 'const name = "Cache-Tag";', 'names "Cache-Tag"'],
    ["a header that is read", "stories/image.ts", "const value = request.headers.get(name);", "names headers.get"],
    [
      "a header after what looks like a comment",
      "stories/image.ts",
      'const path = "/admin/*"; const value = request.headers.get(name); /* done */',
      "names headers.get",
    ],
    [
      "a header after a pattern with a quote",
      "stories/image.ts",
      'const quote = /["/*]/; headers.get("X");',
      "names headers.get",
    ],
    ["a header that hono reads", "app.ts", "const token = c.req.header(name);", "names .header("],
    ["a header of one word", "masters/open.ts", 'const headers = { ETag: "1" };', "names ETag:"],
    ["a clock in a pure room", "render/plan.ts", "const now = Date.now();", "names Date."],
    ["a timer in a pure room", "codec/inflate.ts", "setTimeout(() => undefined, 1);", "names setTimeout"],
    ["the network in a pure room", "check/check.ts", 'const answer = await fetch("https://iiif.io/");', "names fetch"],
    ["the platform's variables", "services.ts", "const open = (env: Env) => env;", "names Env"],
    ["those of the other Worker", "batch/jobs.ts", "const open = (env: JobsEnv) => env;", "names JobsEnv"],
    [
      "an import of the Worker of jobs",
      "batch/watch.ts",
      'import worker from "../jobs-worker.ts";',
      "where a program begins",
    ],
    ["the platform's cache", "cache/edge.ts", "const cache = caches.default;", "names caches"],
    ["a circle", "render/memory.ts", 'import { planRender } from "./plan.ts";', "a circle"],
    ["a circle of re-exports", "raster/raster.ts", 'export * from "./color.ts";', "a circle"],
  ])("are broken by %s", (_, path, line, sentence) => {
    const text = sources.get(path) ?? "";
    const planted = new Map(sources).set(path, `${text}\n${line}\n`);
    const standing = findViolations(sources);
    const found = findViolations(planted).filter((violation) => !standing.includes(violation));
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter((violation) => !violation.includes(path))).toEqual([]);
    expect(found.join("\n")).toContain(sentence);
  });

  it("are broken by a permission that nobody uses", () => {
    const emptied = new Map(
      [...sources].filter(
        ([path]) => path !== "codec/zstd.ts" && path !== "codec/inflate-block.ts" && path !== "codec/png/reader.ts",
      ),
    );
    expect(findViolations(emptied)).toContain("codec may import /^node:zlib$/ and does not");
  });

  it("are those that the newcomer's page tells of", () => {
    const page = readFileSync(join(root, "README.md"), "utf8");
    for (const [floor, rooms] of floors.entries()) {
      const row = new RegExp(`^\\| ${floor} \\| (.*) \\|$`, "m").exec(page)?.[1] ?? "";
      const told = [...row.matchAll(/(?<=^|\. |` )`([a-z-]+)\/?`/g)].map(([, room = ""]) => room);
      expect(told.toSorted()).toEqual(rooms.toSorted());
    }
  });

  it("let types go in a circle", () => {
    const planted = new Map(sources)
      .set("budget/first.ts", 'import type { Second } from "./second.ts";\nexport interface First extends Second {}\n')
      .set("budget/second.ts", 'import { type First } from "./first.ts";\nexport type Second = First;\n');
    expect(findViolations(planted)).toEqual([]);
  });
});
