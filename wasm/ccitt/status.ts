// How a row of codes ended, and what the kernel answers.

/** The row has as many pixels as it should. */
export const rowWhole: i32 = 0;
/** The last run leads past the row's end; it is cut there. */
export const rowLong: i32 = 1;
/** An end of line comes before the row's end; the rest of the row is white. */
export const rowShort: i32 = 2;
/** No code begins where one must, or the stream ends; the rest of the row is white. */
export const rowBroken: i32 = 3;
/** The code for the uncompressed mode, after which pixels follow as they are. */
export const rowUncompressed: i32 = 4;

/** The stream uses the uncompressed mode. `src/codec/ccitt.ts` knows this number. */
export const statusUncompressed: i32 = -1;
