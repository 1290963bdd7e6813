import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import sharp, { type Sharp } from "sharp";
import type { Area, Size } from "../src/geometry.ts";
import { benchFolder, pathOf, type Source } from "./sources.ts";

/** Pixels as three samples each, row by row. */
export interface Pixels extends Size {
  /** On a scale of `unit` to one step of an 8-bit sample. */
  readonly samples: Uint8Array | Uint16Array;
  readonly unit: number;
}

const channels = 3;
const folder = `${benchFolder}/references`;

/** Steps of a kept reference in one step of 8 bits: its rounding is 48 dB below that of 8 bits. */
const unit = 256;

/** Decodes the whole master to RGB with libvips: 3 bytes a pixel. */
export async function decodeMaster(source: Source): Promise<Pixels> {
  return decodePixels(sharp(pathOf(source), { limitInputPixels: false }));
}

/** Decodes a picture to RGB, without its alpha. */
export async function decodePixels(picture: Sharp): Promise<Pixels> {
  const { data, info } = await picture.toColourspace("srgb").removeAlpha().raw().toBuffer({ resolveWithObject: true });
  if (info.channels !== channels) throw new Error(`${info.channels} samples a pixel`);
  return { width: info.width, height: info.height, samples: data, unit: 1 };
}

/**
 * Returns what a request for the whole image at `size` should show: every sample of the full-resolution picture
 * weighted by Lanczos3 in floating point, regardless of the file's levels. Kept in build/bench/references.
 */
export async function referenceOf(source: Source, size: Size, master: () => Promise<Pixels>): Promise<Pixels> {
  if (size.width === source.width && size.height === source.height) return master();
  mkdirSync(folder, { recursive: true });
  const path = `${folder}/${source.name}-${size.width}x${size.height}`;
  if (!existsSync(path)) writeFileSync(path, reduce(await master(), size).samples);
  const bytes = readFileSync(path);
  const samples = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
  return { ...size, samples, unit };
}

/** Returns a part of a picture. */
export function cropPixels(pixels: Pixels, area: Area): Pixels {
  const samples = new Uint8Array(area.width * area.height * channels);
  for (let y = 0; y < area.height; y++) {
    const start = ((area.y + y) * pixels.width + area.x) * channels;
    samples.set(pixels.samples.subarray(start, start + area.width * channels), y * area.width * channels);
  }
  return { width: area.width, height: area.height, samples, unit: pixels.unit };
}

/** Returns the peak signal-to-noise ratio over all samples in dB, infinite for equal ones. Throws for unequal sizes. */
export function measurePsnr(a: Pixels, b: Pixels): number {
  if (a.width !== b.width || a.height !== b.height) {
    throw new Error(`${a.width} x ${a.height} pixels and ${b.width} x ${b.height}`);
  }
  let sum = 0;
  for (let at = 0; at < a.samples.length; at++) {
    const difference = (a.samples[at] ?? 0) / a.unit - (b.samples[at] ?? 0) / b.unit;
    sum += difference * difference;
  }
  return 10 * Math.log10((255 * 255 * a.samples.length) / sum);
}

/** One output sample as a run of source samples. */
interface Taps {
  readonly first: number;
  readonly weights: Float64Array;
}

function reduce(master: Pixels, size: Size): Pixels {
  const columns = tapsOf(master.width, size.width);
  const rows = tapsOf(master.height, size.height);
  const rowSamples = size.width * channels;
  const samples = new Uint16Array(rowSamples * size.height);
  const narrowed = new Float64Array(rowSamples);
  const sums = new Map<number, Float64Array>();
  let next = 0;
  for (let y = 0; y < master.height; y++) {
    narrowRow(master, y, columns, narrowed);
    for (; next < size.height && (rows[next]?.first ?? 0) <= y; next++) sums.set(next, new Float64Array(rowSamples));
    for (const [row, sum] of sums) {
      const { first, weights } = rows[row]!;
      const weight = weights[y - first]!;
      for (let at = 0; at < rowSamples; at++) sum[at]! += weight * narrowed[at]!;
      if (y - first < weights.length - 1) continue;
      for (let at = 0; at < rowSamples; at++) {
        samples[row * rowSamples + at] = Math.min(255 * unit, Math.max(0, Math.round(sum[at]! * unit)));
      }
      sums.delete(row);
    }
  }
  return { ...size, samples, unit };
}

function narrowRow({ width, samples }: Pixels, y: number, columns: readonly Taps[], narrowed: Float64Array): void {
  const row = y * width * channels;
  for (let x = 0; x < columns.length; x++) {
    const { first, weights } = columns[x]!;
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let tap = 0, at = row + first * channels; tap < weights.length; tap++, at += channels) {
      const weight = weights[tap]!;
      red += weight * samples[at]!;
      green += weight * samples[at + 1]!;
      blue += weight * samples[at + 2]!;
    }
    narrowed[x * channels] = red;
    narrowed[x * channels + 1] = green;
    narrowed[x * channels + 2] = blue;
  }
}

/** Lanczos3, its lobes as wide as the reduction asks, cut off at the edges; the weights of a sample sum to 1. */
function tapsOf(sourceLength: number, outputLength: number): readonly Taps[] {
  const lobes = 3;
  const step = sourceLength / outputLength;
  const scale = Math.max(1, step);
  return Array.from({ length: outputLength }, (_, index) => {
    const centre = (index + 0.5) * step - 0.5;
    const first = Math.max(0, Math.ceil(centre - lobes * scale));
    const last = Math.min(sourceLength - 1, Math.floor(centre + lobes * scale));
    const weights = Float64Array.from({ length: last - first + 1 }, (_, tap) => {
      const x = (first + tap - centre) / scale;
      return Math.abs(x) < lobes ? sinc(x) * sinc(x / lobes) : 0;
    });
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return { first, weights: weights.map((weight) => weight / sum) };
  });
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}
