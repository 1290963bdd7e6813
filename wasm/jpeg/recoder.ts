import { Encoder } from "./encode";

/** What becomes of a tile that is recoded. */
@unmanaged
export class Recoder {
  /** Has the tables, and says what an MCU is made of. */
  encoder: Encoder;
  /** Where the tile's `RowBits` are, one for each row of MCUs. */
  rows: usize;
  /** Where the next bits go, and how far down they may. */
  cursor: usize;
  bottom: usize;
  /** The part of the tile that is passed on: where it begins, in pixels that are whole MCUs, and its size. */
  left: i32;
  top: i32;
  width: i32;
  height: i32;
  /** Where colours are converted, room for two rows of blocks: `jpegHeldBytes` for each eight pixels of `width`. */
  held: usize;
}
