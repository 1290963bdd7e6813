import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { rotatedSize, type Size } from "../../../src/geometry.ts";
import { planRender } from "../../../src/render/plan.ts";
import { codeOf } from "../../support/code-of.ts";
import { encodings, file, type MasterKind, strips, tiles } from "../../support/master-kinds.ts";

/** The default of MAX_AREA, in megapixels. */
const mostMegapixels = 25;

const formats = ["jpg", "png", "webp"] as const;
const rotations = [0, 22.5, 45, 90, 100, 135, 180, 200, 337.5] as const;
/** Width to height. */
const shapes = [1 / 3, 1, 3] as const;

/** What is named in the table, and the masters that each of its rows holds for: as large as the picture, or so many times. */
const rows: Readonly<Record<string, readonly (readonly [MasterKind, readonly number[]])[]>> = {
  "tiles of up to 512 pixels a side": [
    [tiles(256, 0.5, encodings.jpeg420), [1, 1.7]],
    [tiles(512, 0.5, encodings.jpeg420), [1, 1.7]],
    [tiles(256, 1, encodings.jpeg444), [1, 1.7]],
    [tiles(512, 1, encodings.jpeg444), [1, 1.7]],
    [tiles(512, 1, encodings.rgbJpeg), [1, 1.7]],
    [tiles(512, 2, encodings.deflate), [1, 1.7]],
  ],
  "the same with alpha": [[tiles(256, 1.5, encodings.deflateAlpha), [1]]],
  "strips of RGB": [
    [strips(16, 0.5, encodings.jpeg420), [1]],
    [strips(16, 1.5, encodings.deflate), [1]],
    [strips(Number.MAX_SAFE_INTEGER, 1, encodings.deflate), [1]],
  ],
  "PNG, grey": [[file(0.5, encodings.grayPng), [1]]],
  "PNG, RGB": [[file(1.5, encodings.png), [1]]],
  "PNG, RGB with alpha": [[file(2, encodings.pngAlpha), [1]]],
  "JPEG, baseline": [[file(0.5, encodings.oneScan), [1]]],
  "JPEG, progressive": [[file(0.5, encodings.progressive), [1]]],
  WebP: [[file(0.3, encodings.webp), [1]]],
};

/** The picture whose canvas comes to so many megapixels once it is rotated, or a little less. */
function sizeOf(megapixels: number, shape: number, degrees: number): Size {
  const [width, height] = [1e4 * Math.sqrt(shape), 1e4 / Math.sqrt(shape)];
  const canvas = rotatedSize({ width, height }, degrees);
  const scale = Math.sqrt((megapixels * 1e6) / (canvas.width * canvas.height));
  return { width: Math.floor(width * scale) - 1, height: Math.floor(height * scale) - 1 };
}

type Format = (typeof formats)[number];

function isDrawn(
  kind: MasterKind,
  times: number,
  { size, degrees, format }: { size: Size; degrees: number; format: Format },
) {
  const { pyramid, sourceSize } = kind({
    width: Math.round(size.width * times),
    height: Math.round(size.height * times),
  });
  const region = { x: 0, y: 0, width: pyramid.width, height: pyramid.height };
  const request = { region, size, rotation: { isMirrored: false, degrees }, quality: "default", format } as const;
  const code = codeOf(() => planRender(request, pyramid, { sourceSize, isProfiled: false }));
  expect(["none", "render-too-costly", "source-unsupported"]).toContain(code);
  return code === "none";
}

/** The most megapixels of which pictures of every shape are drawn. */
function mostDrawn(name: string, degrees: number, format: Format): number {
  const areDrawn = (megapixels: number): boolean =>
    rows[name]!.every(([kind, all]) =>
      all.every((times) =>
        shapes.every((shape) => isDrawn(kind, times, { size: sizeOf(megapixels, shape, degrees), degrees, format })),
      ),
    );
  let [drawn, refused] = [0, mostMegapixels + 1];
  if (areDrawn(mostMegapixels)) return mostMegapixels;
  while (refused - drawn > 1) {
    const middle = Math.floor((drawn + refused) / 2);
    if (areDrawn(middle)) drawn = middle;
    else refused = middle;
  }
  return drawn;
}

/** A row of the table: of each rotation one number, or one for each format where they differ. */
function rowOf(name: string): string {
  const cells = rotations.map((degrees) => {
    const most = formats.map((format) => mostDrawn(name, degrees, format));
    return new Set(most).size === 1 ? `${most[0]}` : most.join(", ");
  });
  return `| ${[name, ...cells].join(" | ")} |`;
}

const documented = readFileSync(resolve(import.meta.dirname, "../../../docs/configuration.md"), "utf8").split("\n");

describe("the largest pictures that are drawn of a master", { tags: ["slow"] }, () => {
  it.each(Object.keys(rows))("are those that are documented: %s", (name) => {
    expect(documented.find((line) => line.startsWith(`| ${name} |`))).toBe(rowOf(name));
  });

  it("are all that MAX_AREA allows, of tiles", () => {
    for (const degrees of rotations) {
      for (const format of formats) {
        expect(mostDrawn("tiles of up to 512 pixels a side", degrees, format), `${degrees} ${format}`).toBe(
          mostMegapixels,
        );
      }
    }
  });

  it("say what helps where they are refused", () => {
    const kind = file(1.5, encodings.png);
    const size = sizeOf(mostMegapixels, 1, 90);
    const { pyramid, sourceSize } = kind(size);
    const region = { x: 0, y: 0, ...size };
    const request = {
      region,
      size,
      rotation: { isMirrored: false, degrees: 90 },
      quality: "default",
      format: "png",
    } as const;
    expect(() => planRender(request, pyramid, { sourceSize, isProfiled: false })).toThrow(
      expect.objectContaining({ code: "render-too-costly", hint: "Ask for a smaller size or region." }),
    );
  });
});
