// The ABI of the kernels, listed once. `src/raster/kernel-exports.ts` is the same list for TypeScript.
export { allocate, mark, release } from "./arena";
