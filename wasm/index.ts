// The ABI of the kernels, listed once. `src/raster/kernel-exports.ts` is the same list for TypeScript.
export { allocate, mark, release } from "./arena";
export { decodeJpeg, jpegPaddingBytes, jpegTablesBytes, loadJpegTables } from "./jpeg/marker";
export { lzwDecode } from "./lzw";
export { packBitsDecode } from "./pack-bits";
