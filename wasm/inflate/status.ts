// The statuses of inflating. `src/codec/inflate.ts` has the same list.

/** All that was fed is used up as far as it can be: more input may follow. */
export const statusFed: i32 = 0;
/** The room for output is full. */
export const statusFull: i32 = 1;
/** The last block has ended. */
export const statusEnded: i32 = 2;
/** Nothing keeps it from going on: never returned to the outside. */
export const statusOn: i32 = 3;
/** The stream breaks the rules of its format. */
export const statusBroken: i32 = -1;
/** The input ends before the last block does. */
export const statusCutOff: i32 = -2;
