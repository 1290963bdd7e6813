// The statuses of the JPEG kernels. `src/codec/jpeg/status.ts` is the same list for TypeScript.

/** The whole frame was decoded. */
export const statusOk: i32 = 0;
/** The frame was decoded but for the rows that `jpegMarks` has a mark for. */
export const statusDamaged: i32 = 1;
/** A segment or the entropy-coded data contradicts the standard. */
export const statusCorrupt: i32 = -1;
/** The bytes end before the picture does. */
export const statusTruncated: i32 = -2;
/** The frame's dimensions, components or sampling differ from what the caller expects. */
export const statusFrameDiffers: i32 = -3;
/** A scan uses a quantisation or Huffman table that was never defined. */
export const statusTableMissing: i32 = -4;
/** SOF2, and the request has too little room for its coefficients: `coefficientBytes` is set to the size they need. */
export const statusProgressive: i32 = -16;
/** SOF9 to SOF15. */
export const statusArithmetic: i32 = -17;
/** SOF3. */
export const statusLossless: i32 = -18;
/** SOF5 to SOF7. */
export const statusHierarchical: i32 = -19;
/** Samples of other than 8 bits. */
export const statusPrecision: i32 = -20;
/** No component, or more than four. */
export const statusComponents: i32 = -21;
/** A component is not a whole number of times coarser than the finest on each axis, or the first differs. */
export const statusSampling: i32 = -22;
/** A progressive frame with more scans than are reasonable. */
export const statusScans: i32 = -23;
/** A frame that is not decoded by rows, or with its colours converted: progressive, or of several scans. */
export const statusScanSeparate: i32 = -24;
/** Bits of a tile that is recoded take more than there is room for. */
export const statusRoom: i32 = -25;
