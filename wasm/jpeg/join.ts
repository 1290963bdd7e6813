import { codesOf, encodeBlock } from "./code";
import { Encoder } from "./encode";
import { jpegRowBitsBytes, RowBits } from "./row-bits";
import { storeWritten, writtenBits, writtenCount, writtenCursor } from "./writer";

/** Rows of MCUs of tiles that lie side by side; followed by `count` pointers to those of each tile. */
@unmanaged
class Joining {
  encoder: Encoder;
  count: i32;
  rowCount: i32;
  /** The row that is joined, how many tiles of it are, and the bits of the next that are; -1 before its first MCU. */
  row: i32;
  done: i32;
  bitsDone: i32;

  // @ts-ignore: decorator
  @inline
  next(): RowBits {
    const rows = load<usize>(changetype<usize>(this) + offsetof<Joining>() + (<usize>this.done << 2));
    return changetype<RowBits>(rows + <usize>(this.row * jpegRowBitsBytes));
  }
}

/** Bits that are copied at once: whole bytes, which with seven others fit into 64. */
const bitsAtOnce: i32 = 48;

/**
 * Writes rows of tiles behind each other, until all are joined or the encoder's buffer is full; returns the bytes at its
 * `output`.
 */
export function joinJpegRows(pointer: usize): i32 {
  const joining = changetype<Joining>(pointer);
  const encoder = joining.encoder;
  encoder.beginBits();
  while (joining.row < joining.rowCount && writtenCursor >= encoder.limit()) {
    const row = joining.next();
    if (joining.bitsDone < 0) {
      encodeFirst(encoder, row);
      joining.bitsDone = 0;
    }
    joining.bitsDone = copyBits(encoder, row, joining.bitsDone);
    if (joining.bitsDone < row.bitCount) break;
    encoder.plane(0).prediction = row.last0;
    if (encoder.componentCount > 1) {
      encoder.plane(1).prediction = row.last1;
      encoder.plane(2).prediction = row.last2;
    }
    joining.bitsDone = -1;
    if (++joining.done == joining.count) {
      joining.done = 0;
      joining.row++;
    }
  }
  return encoder.endBits();
}

/** Encodes the first MCU of a row, whose levels it has kept. */
function encodeFirst(encoder: Encoder, row: RowBits): void {
  let block: usize = 0;
  for (let index: i32 = 0; index < encoder.componentCount; index++) {
    const plane = encoder.plane(index);
    const codes = codesOf(plane.tables);
    for (let rest = plane.horizontal * plane.vertical; rest > 0; rest--) {
      const levels = row.levelsAt(block);
      const present = load<u64>(row.maskAt(block));
      plane.prediction = encodeBlock(levels, present, plane.prediction, codes);
      block++;
    }
  }
}

/** Copies the bits of a row from `done` on, a multiple of `bitsAtOnce`, while there is room; returns up to which. */
function copyBits(encoder: Encoder, row: RowBits, done: i32): i32 {
  let bits = writtenBits;
  let count = writtenCount;
  let cursor = writtenCursor;
  let from = row.top - (<usize>done >>> 3);
  const bitCount = row.bitCount;
  const limit = encoder.limit();
  while (done < bitCount && cursor >= limit) {
    const taken = min(bitCount - done, bitsAtOnce);
    const next = load<u64>(from - 8) >>> (64 - taken);
    from -= bitsAtOnce >> 3;
    done += taken;
    count += taken;
    bits |= next << (64 - count);
    store<u64>(cursor - 7, bits);
    cursor -= count >>> 3;
    bits <<= count & 0x78;
    count &= 7;
  }
  storeWritten(bits, count, cursor);
  return done;
}
