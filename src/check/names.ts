import type { StoredModel } from "../pyramid/color-model.ts";
import type { Compression } from "../pyramid/tile-encoding.ts";

/** The common names of compressions. */
export const compressionNames: Readonly<Record<Compression, string>> = {
  none: "uncompressed",
  packbits: "PackBits",
  lzw: "LZW",
  deflate: "Deflate",
  zstd: "ZSTD",
  "ccitt-rle": "CCITT RLE",
  "ccitt-g3": "CCITT G3",
  "ccitt-g4": "CCITT G4",
  jpeg: "JPEG",
  jpeg2000: "JPEG 2000",
  webp: "WebP",
  png: "PNG",
};

/** The common names of colour models. */
export const modelNames: Readonly<Record<StoredModel, string>> = {
  gray: "grey",
  rgb: "RGB",
  ycbcr: "YCbCr",
  palette: "palette",
  cmyk: "CMYK",
  ycck: "YCCK",
  lab: "CIELab",
  "icc-lab": "ICC Lab",
};
