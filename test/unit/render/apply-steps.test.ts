import { describe, expect, it } from "vitest";
import { cmykTable } from "../../../src/color/cmyk-table.ts";
import type { Kernel } from "../../../src/raster/kernel.ts";
import { type ColorModel, colorPlanes, type Plane, type Raster, rasterOf } from "../../../src/raster/raster.ts";
import { openSteps } from "../../../src/render/apply-steps.ts";
import type { PlainStep } from "../../../src/render/color-steps.ts";
import { openTestKernel } from "../../support/kernel.ts";

const corner = { x: 0, y: 0 };
const size = { width: 4, height: 2 } as const;

/** Returns a picture of one colour. */
function flat(kernel: Kernel, model: ColorModel, samples: readonly number[]): Raster {
  const planes = samples.map((sample): Plane => {
    const plane = kernel.allocatePlane(size.width, size.height);
    kernel.bytes.fill(sample, plane.pointer, plane.pointer + plane.stride * plane.height);
    return plane;
  });
  return rasterOf({ ...size, model, subsampling: { x: 1, y: 1 } }, planes);
}

/** Returns the samples of the first and the last pixel, which are the same. */
function colorOf(kernel: Kernel, { planes, alpha }: Raster): readonly number[] {
  return (alpha === undefined ? planes : [...planes, alpha]).map(({ pointer, stride, width, height }) => {
    const first = kernel.bytes[pointer]!;
    expect(kernel.bytes[pointer + (height - 1) * stride + width - 1]).toBe(first);
    return first;
  });
}

function apply(kinds: readonly PlainStep["kind"][], model: ColorModel, samples: readonly number[]) {
  const kernel = openTestKernel();
  const table = model === "cmyk" ? cmykTable() : undefined;
  const steps = kinds.map((kind) => ({ kind }));
  const source = flat(kernel, model, samples);
  const result = openSteps(kernel, steps, { ...size, table })(source, corner);
  return { model: result.model, color: colorOf(kernel, result), subsampling: result.subsampling };
}

describe("openSteps", () => {
  it.each<[readonly PlainStep["kind"][], ColorModel, readonly number[], ColorModel, readonly number[]]>([
    [[], "rgb", [10, 20, 30], "rgb", [10, 20, 30]],
    [["to-gray"], "rgb", [100, 100, 100], "gray", [100]],
    [["to-gray"], "gray", [7, 90], "gray", [7, 90]],
    [["to-ycbcr"], "rgb", [60, 60, 60], "ycbcr", [60, 128, 128]],
    [["to-rgb"], "ycbcr", [60, 128, 128], "rgb", [60, 60, 60]],
    [["multiply-by-alpha"], "rgb", [200, 100, 0, 51], "rgb", [40, 20, 0, 51]],
    [["multiply-by-alpha", "divide-by-alpha"], "gray", [200, 51], "gray", [200, 51]],
    [["on-white"], "gray", [0, 51], "gray", [204]],
    [["multiply-by-alpha", "multiplied-on-white"], "gray", [100, 51], "gray", [224]],
    [["threshold"], "gray", [127], "gray", [0]],
    [["threshold"], "gray", [128], "gray", [255]],
    [["halve-chroma"], "rgb", [90, 90, 90], "ycbcr", [90, 128, 128]],
    [["color-table"], "cmyk", [0, 0, 0, 0], "rgb", [255, 255, 255]],
    [["color-table", "to-gray", "threshold"], "cmyk", [0, 0, 0, 0, 255], "gray", [255, 255]],
  ])("does %j to %s %j", (kinds, model, samples, expectedModel, expected) => {
    const { model: result, color } = apply(kinds, model, samples);
    expect([result, color]).toEqual([expectedModel, expected]);
  });

  it("does without a table where none was made", () => {
    expect(apply(["color-table"], "rgb", [1, 2, 3]).color).toEqual([1, 2, 3]);
  });

  it("halves chroma of an odd picture upwards, strip after strip in the same planes", () => {
    const kernel = openTestKernel();
    const halve = openSteps(kernel, [{ kind: "halve-chroma" }], { width: 5, height: 3, table: undefined });
    const mark = kernel.mark();
    const planes = [0, 1, 2].map(() => kernel.allocatePlane(5, 3));
    const form = { model: "rgb", width: 5, height: 3, subsampling: { x: 1, y: 1 } } as const;
    const [one, two] = [halve(rasterOf(form, planes), corner), halve(rasterOf({ ...form, height: 1 }, planes), corner)];
    expect(one.planes.map(({ width, height }) => [width, height])).toEqual([
      [5, 3],
      [3, 2],
      [3, 2],
    ]);
    expect(two.planes.slice(1).map(({ height }) => height)).toEqual([1, 1]);
    expect(two.planes[1]?.pointer).toBe(one.planes[1]?.pointer);
    expect(kernel.mark()).toBeGreaterThan(mark);
    kernel.release(mark);
  });

  it.each<[PlainStep["kind"], ColorModel]>([
    ["to-rgb", "rgb"],
    ["to-ycbcr", "gray"],
    ["to-gray", "cmyk"],
    ["halve-chroma", "lab"],
    ["threshold", "rgb"],
  ])("refuses %s of %s", (kind, model) => {
    expect(() => apply([kind], model, new Array(colorPlanes[model]).fill(9))).toThrow(RangeError);
  });
});

describe("rasterOf", () => {
  it.each(["gray", "rgb", "ycbcr", "cmyk", "lab"] as const)("takes the planes of %s, and alpha after them", (model) => {
    const kernel = openTestKernel();
    const planes = Array.from({ length: colorPlanes[model] + 1 }, () => kernel.allocatePlane(2, 2));
    const form = { model, width: 2, height: 2, subsampling: { x: 1, y: 1 } } as const;
    expect(rasterOf(form, planes)).toEqual({ ...form, planes: planes.slice(0, -1), alpha: planes.at(-1) });
    expect(rasterOf(form, planes.slice(0, -1)).alpha).toBeUndefined();
    expect(() => rasterOf(form, planes.slice(0, -2))).toThrow(RangeError);
  });
});
