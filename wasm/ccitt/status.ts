// How a row of codes ended, and the statuses of the kernel.

/** The row has as many pixels as it should. */
export const rowWhole: i32 = 0;
/** The last run extends past the row's end, and is cut there. */
export const rowLong: i32 = 1;
/** An end of line comes before the row's end; the rest of the row is white. */
export const rowShort: i32 = 2;
/** No code begins where one must, or the stream ends; the rest of the row is white. */
export const rowBroken: i32 = 3;
/** The code for the uncompressed mode, after which raw pixels follow. */
export const rowUncompressed: i32 = 4;

/** The rows that could be read were. */
export const statusOk: i32 = 0;
/** The stream uses the uncompressed mode. `src/codec/ccitt.ts` knows this number. */
export const statusUncompressed: i32 = -1;
