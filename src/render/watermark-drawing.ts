import type { Area } from "../geometry.ts";
import type { Kernel } from "../raster/kernel.ts";
import { isNoTurn, turnSize } from "../raster/orientation.ts";
import { type ColorModel, planeSlackBytes, type Raster, strideAlignment } from "../raster/raster.ts";
import { createResampler } from "../raster/resampler.ts";
import { type MarkAxis, markAxisLengths, planMarkAxis } from "./mark-axis.ts";
import { layAlphaOver, layOver } from "./mark-blending.ts";
import { type MarkSamples, markAlpha, markColor, storeMark, turnMark } from "./mark-samples.ts";
import { stripRows } from "./strips.ts";
import type { WatermarkStep } from "./watermark.ts";

/** Puts a mark over some rows of a picture, whose first is row `y` of it, an even one. */
export type PutMark = (raster: Raster, y: number) => void;

/**
 * Opens what puts a watermark over strips: the part of the mark that shows is taken into the kernel's arena, multiplied by
 * its alpha, and resampled for the rows of each strip, at most `height` of them. Throws `render-memory`.
 */
export function openWatermark(kernel: Kernel, step: WatermarkStep, height: number): PutMark {
  const mark = turnMark(step.image, step.turn);
  const groups = groupsOf(step.model).map((group) => openGroup(kernel, { step, mark, group, height }));
  return (raster, y) => {
    for (const top of step.rows) {
      const from = Math.max(y, top);
      const to = Math.min(y + raster.height, top + step.size.height);
      if (from < to) for (const put of groups) put(raster, { y, top, from, to });
    }
  };
}

/** Planes that are sampled alike: those of halved chroma are apart from the others. */
interface Group {
  /** Numbers of the raster's planes. */
  readonly planes: readonly number[];
  /** Pixels a sample, on both axes. */
  readonly factor: 1 | 2;
}

/** Returns the groups of a model's planes as strips have them at their end. */
function groupsOf(model: ColorModel): readonly Group[] {
  if (model === "gray") return [{ planes: [0], factor: 1 }];
  if (model === "rgb") return [{ planes: [0, 1, 2], factor: 1 }];
  if (model !== "ycbcr") throw new RangeError(`a watermark on ${model}`);
  return [
    { planes: [0], factor: 1 },
    { planes: [1, 2], factor: 2 },
  ];
}

/** Rows of a picture that a copy of the mark lies on. */
interface CopyRows {
  /** The first row of the strip, and of the copy. */
  readonly y: number;
  readonly top: number;
  readonly from: number;
  readonly to: number;
}

interface GroupRequest {
  readonly step: WatermarkStep;
  readonly mark: WatermarkStep["image"];
  readonly group: Group;
  readonly height: number;
}

function openGroup(kernel: Kernel, request: GroupRequest): (raster: Raster, rows: CopyRows) => void {
  const { columns, size, output } = request.step;
  const { factor, planes } = request.group;
  const { across, down, makeRows } = openRows(kernel, request);
  return (raster, { y, top, from, to }) => {
    const firstRow = Math.floor((from - y) / factor);
    const count = Math.ceil((to - y) / factor) - firstRow;
    const { colors, alpha } = makeRows(copyRow(down, { at: y + firstRow * factor - top, factor }), count);
    for (const left of columns) {
      const x = Math.floor(Math.max(0, left) / factor);
      const end = Math.ceil(Math.min(output.width, left + size.width) / factor);
      const place: Area = { x, y: firstRow, width: end - x, height: count };
      const skipped = copyRow(across, { at: x * factor - left, factor });
      const laid = { place, skipped, alpha, under: raster.alpha };
      planes.forEach((plane, index) => {
        const [target, color] = [raster.planes[plane], colors[index]];
        if (target === undefined || color === undefined) throw new RangeError(`no plane ${plane} under a mark`);
        layOver(kernel, { ...laid, target, color });
      });
      if (raster.alpha !== undefined) layAlphaOver(kernel, { ...laid, target: raster.alpha });
    }
  };
}

/** Returns which of the samples that are made of a mark lies on pixel `at` of a copy. */
function copyRow({ phase, first }: MarkAxis, { at, factor }: { readonly at: number; readonly factor: number }): number {
  return (at + phase) / factor - first;
}

/** Takes the part of a mark that shows into the kernel, and returns what makes rows of it. */
function openRows(kernel: Kernel, { step, mark, group, height }: GroupRequest) {
  const { opacity } = step;
  const { factor, planes } = group;
  const copies = copiesOf(step, factor);
  const [across, down] = [planMarkAxis(copies.across), planMarkAxis(copies.down)];
  const part = { x: across.from, y: down.from, width: across.length, height: down.length };
  const open = (sampleOf: MarkSamples["sampleOf"]) => {
    const source = kernel.allocatePlane(part.width, part.height);
    storeMark(kernel, source, { mark, part, opacity, sampleOf });
    return { source, made: kernel.allocatePlane(across.weights.outputLength, Math.ceil(height / factor) + 1) };
  };
  const colors = planes.map((plane) => open(markColor(step.model, plane)));
  const alpha = open(markAlpha);
  const resampler = createResampler(kernel, { horizontal: across.weights, vertical: down.weights });
  const makeRows = (outputFirst: number, outputCount: number) => {
    for (const { source, made: destination } of [...colors, alpha]) {
      resampler.resample({ source, sourceFirstRow: 0, outputFirst, outputCount, destination });
    }
    return { colors: colors.map(({ made }) => made), alpha: alpha.made };
  };
  return { across, down, makeRows };
}

function copiesOf({ image, turn, columns, rows, size, output }: WatermarkStep, factor: Group["factor"]) {
  const { width, height } = turnSize(image, turn);
  return {
    across: { starts: columns, length: size.width, output: output.width, factor, source: width },
    down: { starts: rows, length: size.height, output: output.height, factor, source: height },
  };
}

/** Returns what drawing a watermark takes, in bytes: its pixels, turned, and in the kernel the part of it that shows. */
export function drawnMarkBytes(step: WatermarkStep): number {
  const pixels = step.image.samples.byteLength * (isNoTurn(step.turn) ? 1 : 2);
  const groups = groupsOf(step.model).map(({ factor, planes }) => {
    const copies = copiesOf(step, factor);
    const [across, down] = [markAxisLengths(copies.across), markAxisLengths(copies.down)];
    const plane = (width: number, height: number): number => (width + strideAlignment) * height + planeSlackBytes;
    const held = plane(across.source, down.source) + plane(across.made, stripRows / factor + 1);
    return (planes.length + 1) * held + weightBytes(across) + weightBytes(down) + 2 * across.source;
  });
  return groups.reduce((sum, bytes) => sum + bytes, pixels);
}

/** Weights of 2 bytes, in the kernel and where they are made, and a place and a count of 4 bytes for each sample. */
function weightBytes({ made, taps }: ReturnType<typeof markAxisLengths>): number {
  return made * (2 * 2 * taps + 8);
}
