import { soleAdmission } from "../../src/budget/admission.ts";
import { concatenate } from "../../src/bytes.ts";
import type { Area } from "../../src/geometry.ts";
import { openImage, prefixBytes } from "../../src/masters/image.ts";
import { type DrawnMaster, drawPicture, type PictureStyle } from "../../src/picture.ts";
import { seenSize } from "../../src/pyramid/pyramid.ts";
import type { DecodedMark, Marks, Watermark } from "../../src/render/marks.ts";
import type { RenderPlan } from "../../src/render/plan.ts";
import { memorySource } from "../../src/source/memory.ts";
import { openMeasuringTools } from "./drawing-tools.ts";
import { openRandom } from "./random.ts";
import { planPath } from "./render.ts";

/** How pictures with marks are drawn in tests. */
export const markedStyle: PictureStyle = {
  qualities: { jpeg: 80, webp: 80 },
  colorProfile: "convert",
  keepMetadata: "none",
};

/** Opens a file in memory as a master. */
export async function openMaster(file: Uint8Array): Promise<DrawnMaster> {
  const source = memorySource(file);
  return { ...(await openImage({ source, prefix: file.subarray(0, prefixBytes), page: 1 })), source };
}

/** Returns the marks that redact areas of a master. */
export function redacting({ pyramid }: DrawnMaster, redactions: readonly Area[]): Marks {
  return { redactions, image: seenSize(pyramid) };
}

/** A picture, how it was made, and what its kernel took in bytes. */
export interface MarkedPicture {
  readonly plan: RenderPlan;
  readonly bytes: Uint8Array;
  readonly kernelBytes: number;
}

/** Draws a request such as `full/max/0/default.png` of a master with marks. */
export async function drawMarked(master: DrawnMaster, path: string, marks: Marks | undefined): Promise<MarkedPicture> {
  const picture = planPath(master, path, { ...markedStyle, marks });
  const { tools, kernels } = openMeasuringTools();
  const { body } = await drawPicture(tools, picture, { admission: soleAdmission(), log: () => undefined });
  const pieces: Uint8Array[] = [];
  if (body instanceof Uint8Array) pieces.push(body);
  else for await (const piece of body) pieces.push(piece);
  return { plan: picture.plan, bytes: concatenate(pieces), kernelBytes: kernels.kernelBytes };
}

/** Interleaved samples of a picture. */
export interface RawPicture {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
  readonly samples: Uint8Array;
}

/** Returns a picture with much detail, and one that differs from it in all samples of some areas and in nothing else. */
export function twins(form: Omit<RawPicture, "samples">, areas: readonly Area[]): readonly [RawPicture, RawPicture] {
  const { width, height, channels } = form;
  const random = openRandom(15);
  const samples = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      for (let channel = 0; channel < channels; channel += 1) {
        const wave = 90 * Math.sin(x / (9 + channel)) * Math.cos(y / 7);
        samples[(y * width + x) * channels + channel] = 128 + wave + random.integer(-30, 30);
      }
    }
  }
  const other = samples.slice();
  for (const area of areas) {
    for (let y = area.y; y < Math.min(height, area.y + area.height); y += 1) {
      const from = (y * width + area.x) * channels;
      const to = (y * width + Math.min(width, area.x + area.width)) * channels;
      for (let at = from; at < to; at += 1) other[at] = 255 - (samples[at] ?? 0);
    }
  }
  return [
    { ...form, samples },
    { ...form, samples: other },
  ];
}

/** A mark of a disc in red and blue that fades out towards its edge. */
function discMark(side: number): DecodedMark {
  const samples = new Uint8Array(side * side * 4);
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < side; x += 1) {
      const distance = Math.hypot(x + 0.5 - side / 2, y + 0.5 - side / 2) / (side / 2);
      const alpha = 255 * Math.min(1, Math.max(0, 2 * (1 - distance)));
      samples.set([x < side / 2 ? 255 : 0, 0, x < side / 2 ? 0 : 255, alpha], (y * side + x) * 4);
    }
  }
  return { width: side, height: side, samples };
}

/** A watermark of a disc. */
export function discWatermark(changed: Partial<Watermark> = {}): Watermark {
  return { image: discMark(64), etag: "disc", position: "center", scale: 0.3, opacity: 0.6, fromPixels: 1, ...changed };
}
