import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../../src");
/** Rooms whose sentences go out to clients. */
const rooms = [
  "tiff",
  "pyramid",
  "codec",
  "files",
  "source",
  "iiif",
  "identity",
  "render",
  "masters",
  "raster",
  "http",
  "gateway",
];

describe("what clients are told", () => {
  it("has no advice that is for operators", () => {
    const files = rooms.flatMap((room) => globSync(`${room}/**/*.ts`, { cwd: root }));
    expect(files.length).toBeGreaterThan(100);
    const wrong = files.flatMap((path) => {
      const text = readFileSync(join(root, path), "utf8");
      const sentences = text.match(/(?:new ImageError|unsupported|malformed)\([\s\S]*?\);/g) ?? [];
      return sentences
        .filter((sentence) => /\b(?:vips|tessera|tiffcp|convert it|repack|save it|re-?save|ingest)\b/i.test(sentence))
        .map((sentence) => `${path}: ${sentence}`);
    });
    expect(wrong).toEqual([]);
  });
});
