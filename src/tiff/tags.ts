/** Tags of image file directories that are read here. Source: TIFF 6.0; TIFF Technical Notes 1 (SubIFDs) and 2 (JPEG). */
export const tags = {
  newSubfileType: 254,
  imageWidth: 256,
  imageLength: 257,
  bitsPerSample: 258,
  compression: 259,
  photometricInterpretation: 262,
  fillOrder: 266,
  stripOffsets: 273,
  orientation: 274,
  samplesPerPixel: 277,
  planarConfiguration: 284,
  predictor: 317,
  tileWidth: 322,
  tileLength: 323,
  tileOffsets: 324,
  tileByteCounts: 325,
  subIfds: 330,
  sampleFormat: 339,
  jpegTables: 347,
  ycbcrSubsampling: 530,
} as const;

/** Names of compressions for messages, by the value of tag 259. */
export const compressionNames: ReadonlyMap<number, string> = new Map([
  [1, "none"],
  [2, "CCITT RLE"],
  [3, "CCITT G3"],
  [4, "CCITT G4"],
  [5, "LZW"],
  [6, "old-style JPEG"],
  [7, "JPEG"],
  [8, "Deflate"],
  [32773, "PackBits"],
  [32809, "ThunderScan"],
  [32946, "Deflate"],
  [33003, "JPEG 2000"],
  [33004, "JPEG 2000"],
  [33005, "JPEG 2000"],
  [34676, "SGILog"],
  [34712, "JPEG 2000"],
  [34887, "LERC"],
  [34925, "LZMA"],
  [50000, "ZSTD"],
  [50001, "WebP"],
]);

/** Names of photometric interpretations for messages, by the value of tag 262. */
export const photometricNames: ReadonlyMap<number, string> = new Map([
  [0, "MinIsWhite"],
  [1, "MinIsBlack"],
  [2, "RGB"],
  [3, "palette"],
  [4, "mask"],
  [5, "CMYK"],
  [6, "YCbCr"],
  [8, "CIELab"],
]);
