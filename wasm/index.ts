// The ABI of the kernels, listed once. `src/raster/kernel-exports.ts` is the same list for TypeScript.
export { allocate, mark, release } from "./arena";
export { decodeCcitt } from "./ccitt/decode";
export { ccittWorkBytes } from "./ccitt/row";
export {
  feedInflate,
  inflate,
  inflatedEnd,
  inflatedFrom,
  inflatePieceBytes,
  inflateRoom,
  inflateWorkBytes,
  openInflate,
} from "./inflate/inflate";
export { encodeJpeg, jpegEncoderBytes, jpegEncoderDefinitions, jpegMcuBytes, openJpegEncoder } from "./jpeg/encode";
export { joinJpegRows } from "./jpeg/join";
export { decodeJpeg, jpegPaddingBytes, jpegTablesBytes, loadJpegTables } from "./jpeg/marker";
export { jpegMarkRows, jpegMarks } from "./jpeg/marks";
export { recodeJpegPlanes } from "./jpeg/recode";
export { jpegHeldBytes } from "./jpeg/recode-colors";
export { jpegRowBitsBytes } from "./jpeg/row-bits";
export { decodeJpegRows, jpegRowsBytes, openJpegRows } from "./jpeg/rows";
export { lzwDecode } from "./lzw";
export { feedLzw, lzwEnded, lzwWorkBytes, openLzw, takeLzw } from "./lzw-stream";
export { packBitsDecode } from "./pack-bits";
export { feedPackBits, openPackBits, takePackBits } from "./pack-bits-stream";
export { encodePng, finishPng, openPngEncoder, pngEncoderBytes, sealPngChunk } from "./png/encode";
export { closeVp8Partition, codeVp8Levels, codeVp8Modes, openVp8Partition, putVp8Bit } from "./webp/code";
export { encodeVp8, openVp8Encoder } from "./webp/encode";
export { vp8Counts, vp8Definitions, vp8EncoderBytes } from "./webp/encoder";
export { layOutRows } from "./png/row";
export { unfilterPngRows } from "./png/unfilter";
export { addToBoxes, takeBoxMeans } from "./box";
export { takeSample } from "./chunky";
export { interleaveRgbaRow, rgbToGrayRow, rgbToHalvedChromaRow, rgbToYcbcrRow, ycbcrToRgbRow } from "./color";
export { convertLabRow, convertRgbRow } from "./color-matrix";
export { interpolateRow, lookUpRow } from "./color-table";
export { composeOnWhiteRow, composePremultipliedOnWhiteRows, premultiplyRows, unpremultiplyRows } from "./alpha";
export { reverseBits } from "./fill-order";
export { halveRows, halveWeighedRows } from "./halve";
export { applyPaletteRows } from "./palette";
export { joinByteRows, undoDifferenceRows } from "./predictor";
export { unpackBitRows, unpackDoubleRows, unpackScaledRows, unpackWordRows } from "./unpack";
export { resample } from "./resample";
export { addToRings } from "./column-rings";
export { coverRotated, rotateRows } from "./rotate";
export { copyRows, fillRows } from "./samples";
export { flipSignRows, invertRows, thresholdRows } from "./tone";
export { mirrorRows, transposeRows } from "./turn";
