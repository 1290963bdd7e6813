// The ABI of the kernels, listed once. `src/raster/kernel-exports.ts` is the same list for TypeScript.
export { allocate, mark, release } from "./arena";
export { encodeJpeg, jpegEncoderBytes, jpegEncoderDefinitions, openJpegEncoder } from "./jpeg/encode";
export { decodeJpeg, jpegPaddingBytes, jpegTablesBytes, loadJpegTables } from "./jpeg/marker";
export { lzwDecode } from "./lzw";
export { packBitsDecode } from "./pack-bits";
export { encodePng, finishPng, openPngEncoder, pngEncoderBytes, sealPngChunk } from "./png/encode";
export { undoPredictorRows, takeSample } from "./chunky";
export {
  composeOnWhiteRow,
  interleaveRgbaRow,
  rgbToGrayRow,
  rgbToHalvedChromaRow,
  rgbToYcbcrRow,
  ycbcrToRgbRow,
} from "./color";
export { resample } from "./resample";
export { coverRotated, rotateRows } from "./rotate";
export { copyRows, extendEdges, fillRows } from "./samples";
export { invertRows, thresholdRows } from "./tone";
export { mirrorRows, transposeRows } from "./turn";
