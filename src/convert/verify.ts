import { ImageError } from "../error.ts";
import { openFileSource } from "../node/file-source.ts";
import { IngestError } from "../node/ingest-error.ts";
import { type Orientation, type Pyramid, seenSize } from "../pyramid/pyramid.ts";
import type { ByteSource } from "../source/byte-source.ts";
import { openPyramid } from "../tiff/open.ts";
import { compareWithSource } from "./compare-with-source.ts";
import type { PixelSource } from "./pixels.ts";
import type { Treatment } from "./settle.ts";

/** What a master is verified against; `file` is its name for people. */
export interface Verification {
  readonly source: PixelSource;
  readonly treatment: Treatment;
  readonly file: string;
}

/**
 * Verifies a converted master: this service's own reader opens it, and its whole picture and a tile of each level,
 * drawn by this service's own engine, look like the source, which is decoded once more. Returns the pyramid, with its
 * size after orientation. Throws `not-verified`, and what reading the source throws.
 */
export async function verifyMaster(path: string, { source, treatment, file }: Verification): Promise<Pyramid> {
  await using master = await openFileSource(path);
  try {
    return await verify(master, { source, treatment, file });
  } catch (cause) {
    // Errors of the reader and the engine are the master's fault, not its source's.
    throw cause instanceof ImageError ? notVerified(file, `${cause.message} ${cause.detail ?? ""}`) : cause;
  }
}

async function verify(master: ByteSource, { source, treatment, file }: Verification): Promise<Pyramid> {
  const pyramid = await openPyramid(master);
  const { width, height, orientation } = source.summary;
  const size = seenSize({ width, height, orientation: orientation as Orientation });
  if (pyramid.orientation !== 1 || pyramid.width !== size.width || pyramid.height !== size.height) {
    throw notVerified(file, `it is ${pyramid.width} by ${pyramid.height}, not ${size.width} by ${size.height}`);
  }
  const tolerance = toleranceOf(treatment);
  for await (const { part, difference } of compareWithSource({ pyramid, source: master }, source, treatment)) {
    if (difference > tolerance) {
      throw notVerified(
        file,
        `${part} differs from the source by ${difference.toFixed(1)}; at most ${tolerance.toFixed(1)} is allowed`,
      );
    }
  }
  return pyramid;
}

/** The most that rounding at each halving, and resizing instead of halving, can add up to. */
const losslessTolerance = 3;

/** What a codec adds to that, besides the steps it rounds to. */
const lossyTolerance = 4;

/**
 * How far means over 16 by 16 pixels may be from the source's once both are encoded the same way. When means are near
 * the edge of a rounding step, encodings differ by one step of the mean: an eighth of the table's first number, and
 * for blue luma's step plus 1.772 times chroma's. Source: ITU-T T.81 K.1, scaled as libjpeg scales; JFIF 1.02.
 */
function toleranceOf({ compression, quality }: Treatment): number {
  if (compression === "deflate") return losslessTolerance;
  const percent = quality < 50 ? 5000 / quality : 200 - 2 * quality;
  const lumaStep = Math.max(1, (16 * percent) / 100) / 8;
  const chromaStep = Math.max(1, (17 * percent) / 100) / 8;
  return lossyTolerance + lumaStep + 1.772 * chromaStep;
}

function notVerified(file: string, what: string): IngestError {
  return new IngestError(
    "not-verified",
    `The master of ${file} does not match its source: ${what}. Please report this with the file.`,
  );
}
