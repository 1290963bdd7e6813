import type { Size } from "../geometry.ts";
import type { Level } from "./level.ts";

/**
 * The grid of a level as its tiles come out of the decoder, in pixels: smaller than stored when they are decoded
 * reduced, with its axes exchanged when they are turned. Where tiles lie in the file is known of the stored level alone.
 */
export interface DecodedGrid extends Size {
  readonly tileWidth: number;
  readonly tileLength: number;
  readonly columns: number;
  readonly rows: number;
}

/** Returns the grid of a level whose tiles are decoded as they are stored. */
export function gridOf({ width, height, tileWidth, tileLength, columns, rows }: Level): DecodedGrid {
  return { width, height, tileWidth, tileLength, columns, rows };
}
