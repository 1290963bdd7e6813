import type { JpegCheckpoint } from "./checkpoint.ts";

/** Where decoding a JPEG by rows has come to, kept for whoever decodes the rows that follow. */
export interface JpegCheckpoints {
  /** Returns the one to go on from to a row, in pixels of the frame; undefined to begin with the first. */
  readonly before: (row: number) => JpegCheckpoint | undefined;
  /** Is told where decoding has come to, each time that rows have been decoded. */
  readonly note: (checkpoint: JpegCheckpoint) => void;
}
