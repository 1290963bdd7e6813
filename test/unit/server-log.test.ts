import { describe, expect, it } from "vitest";
import { formatServerLine } from "../../demo/server-log.ts";

const account = { strategy: "none", cache: "miss", reads: 0, bytes: 0, heads: 0, tiles: 0 };
const answer = { level: "info", method: "GET", path: "/iiif/3/a/info.json", status: 200, code: "ok", ...account };
const lineOf = (change: object) => formatServerLine(JSON.stringify({ ...answer, milliseconds: 4.5, ...change }));

describe("the log that npm start shows", () => {
  it("has one line a request, with how it was answered", () => {
    expect(lineOf({})).toBe("200 GET /iiif/3/a/info.json  4.5 ms");
    expect(lineOf({ strategy: "draw", tiles: 6, reads: 2, bytes: 52_874 })).toBe(
      "200 GET /iiif/3/a/info.json  4.5 ms  draw, 6 tiles, 2 reads of 53 kB",
    );
    expect(lineOf({ strategy: "copy", tiles: 1, reads: 1, bytes: 900 })).toMatch(/ {2}copy, 1 tile, 1 read of 1 kB$/);
    expect(lineOf({ strategy: "kept", cache: "edge" })).toMatch(/ {2}kept in the edge cache$/);
  });

  it("leaves out what npm start asks for by itself, unless it is refused", () => {
    expect(lineOf({ method: "POST", path: "/admin/tasks/sweep" })).toBeUndefined();
    expect(lineOf({ method: "POST", path: "/admin/tasks/sweep", status: 503, code: "storage-failed" })).toMatch(/^503/);
  });

  it("names the code of what was refused", () => {
    const line = "404 GET /iiif/3/a/info.json  4.5 ms  not-found";
    expect(lineOf({ status: 404, code: "not-found" })).toBe(line);
    expect(lineOf({ status: 404, code: "not-found", reads: 1, bytes: 0 })).toBe(`${line}, 1 read`);
  });

  it("has the warnings and errors of the Worker", () => {
    const error = { level: "error", code: "source-malformed", detail: "tile 3 is cut off" };
    expect(formatServerLine(JSON.stringify(error))).toBe("error: source-malformed  tile 3 is cut off");
    const purged = { level: "info", message: "administered", detail: { images: 1 } };
    expect(formatServerLine(JSON.stringify(purged))).toBe('info: administered  {"images":1}');
  });

  it("has the lines of both Workers alike", () => {
    const error = JSON.stringify({ level: "error", message: "an item was not worked on" });
    for (const line of [error, `[tessera] ${error}`, `[tessera-jobs] ${error}`]) {
      expect(formatServerLine(line)).toBe("error: an item was not worked on");
    }
  });

  it("leaves out what wrangler says while all is well, and keeps what is wrong", () => {
    for (const line of [
      "[wrangler:info] GET / 200 OK (12ms)",
      "⎔ Reloading local server...",
      "",
      'env.PREFIX ("/iiif")   Environment Variable   local',
    ]) {
      expect(formatServerLine(line)).toBeUndefined();
    }
    expect(formatServerLine("      src/app.ts:49:10:")).toBe("      src/app.ts:49:10:");
    expect(formatServerLine("\u001b[31m✘ [ERROR]\u001b[0m Build failed with 1 error:")).toMatch(
      /^✘ \[ERROR\] Build failed with 1 error:\nThe service goes on/,
    );
  });

  it("shows a line that only looks like the Worker's as it is", () => {
    expect(formatServerLine('{"level":cut off')).toBe('{"level":cut off');
  });
});
