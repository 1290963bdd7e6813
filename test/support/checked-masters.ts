import { checkMaster } from "../../src/check/check.ts";
import type { MasterReport } from "../../src/check/report.ts";
import type { DrawPicture } from "../../src/check/serving.ts";
import { memorySource } from "../../src/source/memory.ts";
import { encodeTestTile } from "./jpeg-tile.ts";
import { makeTiff, type TiffOptions } from "./make-tiff.ts";

/** Returns a JPEG tile of one colour. */
export function jpegTile(side: number, samplesPerPixel = 3): Uint8Array {
  const samples = new Uint8Array(side * side * samplesPerPixel).fill(120);
  return encodeTestTile({ width: side, height: side, samplesPerPixel, samples });
}

const tile = jpegTile(256);

/** A picture that is large enough to be slow where it is laid out badly; its tiles stand for pictures. */
export const largeMaster = {
  width: 3000,
  height: 2000,
  levels: 4,
  tile: 256,
  compression: "jpeg",
  photometric: "YCbCr",
  ycbcrSubsampling: [1, 1],
  tileBytes: () => tile,
} as const satisfies TiffOptions;

/** Differences from `largeMaster`; without tiles there are strips. */
export type LargeChange = Partial<Omit<TiffOptions, "tile">> & { readonly tile?: TiffOptions["tile"] | undefined };

/** Returns the same picture with tiles that nobody decodes. */
export function largeOf(change: LargeChange): TiffOptions {
  const plain = { photometric: "RGB", compression: "deflate", tileBytes: () => new Uint8Array(64) } as const;
  const { tile: side, ...options } = { ...largeMaster, ...plain, ...change };
  return side === undefined ? options : { ...options, tile: side };
}

/** Checks a TIFF that is built for it. */
export async function checkTiff(options: TiffOptions, draw?: DrawPicture): Promise<MasterReport> {
  return checkMaster(memorySource(await makeTiff(options)), { draw });
}

/** Names the kinds of problems of a report, each with its severity. */
export function problemsOf({ problems }: MasterReport): readonly string[] {
  return problems.map(({ severity, code }) => `${severity} ${code}`);
}
