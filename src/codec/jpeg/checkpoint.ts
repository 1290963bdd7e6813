import { ImageError } from "../../error.ts";

/**
 * Where decoding a JPEG by rows has come to: plain values, which survive being written as JSON. Decoding goes on from it
 * in another process as it would have here.
 */
export interface JpegCheckpoint {
  /** The version of the file. */
  readonly version: string;
  /** The next row, in pixels of the frame. */
  readonly row: number;
  /** The next byte of the file, and how many of its bits are taken, 0 to 7. */
  readonly offset: number;
  readonly bit: number;
  /** The DC coefficients of the previous blocks, of each component of the scan. */
  readonly predictions: readonly number[];
  /** Damage took the MCUs before this one. */
  readonly lostEnd: number;
  /** The MCU at which the restart interval of the next byte ends. */
  readonly intervalEnd: number;
  /** The number of the next restart marker, 0 to 7. */
  readonly expectedRestart: number;
  /** What the numbers of the restart markers are known to be. */
  readonly restartNumbers: RestartNumbers;
}

/** In the order of `wasm/jpeg/restart.ts`: not looked into, as they should be, or without a meaning. */
export const restartNumbers = ["unknown", "meant", "meaningless"] as const;

/** What is known of the numbers of a scan's restart markers. */
export type RestartNumbers = (typeof restartNumbers)[number];

/** What a checkpoint has to agree with. */
export interface CheckpointBounds {
  readonly version: string;
  readonly size: number;
  readonly dataOffset: number;
  readonly height: number;
  readonly mcuHeight: number;
  readonly mcusAcross: number;
}

/** Throws `source-changed` for a checkpoint of another version of the file, and `internal` for one that is none of this file. */
export function checkCheckpoint(checkpoint: JpegCheckpoint, bounds: CheckpointBounds): void {
  const { version, size, dataOffset, height, mcuHeight, mcusAcross } = bounds;
  if (checkpoint.version !== version) {
    throw new ImageError("source-changed", "The image was replaced while it was read. Try again.");
  }
  const { row, offset, bit, predictions, lostEnd, intervalEnd, expectedRestart } = checkpoint;
  const total = mcusAcross * Math.ceil(height / mcuHeight);
  const mcu = Math.min(total, mcusAcross * Math.ceil(row / mcuHeight));
  const isSound =
    isWithin(row, 0, height) &&
    (row % mcuHeight === 0 || row === height) &&
    isWithin(offset, dataOffset, size) &&
    isWithin(bit, 0, 7) &&
    isWithin(lostEnd, 0, total) &&
    isWithin(intervalEnd, mcu, total) &&
    isWithin(expectedRestart, 0, 7) &&
    predictions.length === 4 &&
    predictions.every((value) => isWithin(value, -(2 ** 31), 2 ** 31 - 1)) &&
    restartNumbers.includes(checkpoint.restartNumbers);
  if (!isSound) {
    throw new ImageError("internal", "A checkpoint does not belong to its image.", {
      detail: JSON.stringify(checkpoint),
    });
  }
}

function isWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
