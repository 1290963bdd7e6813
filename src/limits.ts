// Every number that can refuse a request and is not configuration. Each names its unit and the one file that enforces it.

/** Longest identifier, in bytes of UTF-8. Enforced in iiif/identifier.ts. */
export const maxIdentifierBytes = 1024;

/** Longest path of a request, in characters. Enforced in http/route.ts. */
export const maxPathCharacters = 4096;

/** Most reads that opening one master makes. Enforced in source/opening.ts. */
export const maxOpeningReads = 256;

/** Most bytes that opening one master reads. Enforced in source/opening.ts. */
export const maxOpeningBytes = 64 << 20;

/** Most image file directories read from one master, SubIFDs included. Enforced in tiff/directory-chain.ts. */
export const maxDirectories = 64;

/** Most entries of one image file directory. Enforced in tiff/directory.ts. */
export const maxDirectoryEntries = 1024;

/** Largest value of one directory entry other than the tile arrays and profiles, in bytes. Enforced in tiff/fields.ts. */
export const maxEntryBytes = 1 << 20;

/** Longest stream of the JPEG tables of one level, in bytes: four and eight tables take 3,000. Enforced in tiff/tile-encoding.ts. */
export const maxJpegTablesBytes = 1 << 16;

/** Most tiles of one level: 68 gigapixels in tiles of 256. Enforced in tiff/tile-grid.ts. */
export const maxTilesPerLevel = 1 << 20;

/**
 * Most tiles of all levels of a master: an index of 16 bytes per tile stays below 26 MB. Halving adds a third to the
 * tiles of the first level. Enforced in tiff/pyramid.ts.
 */
export const maxTilesPerMaster = 3 << 19;

/** Longest side of a master or of a level, in pixels. Enforced in tiff/level.ts. */
export const maxSidePixels = 1 << 20;

/** Most pixels of one tile (2,048 x 2,048). Enforced in tiff/tile-grid.ts. */
export const maxTilePixels = 1 << 22;

/**
 * Most bytes that one compressed tile or strip may claim, or a file that is not a TIFF. Enforced in tiff/tile-index.ts
 * and plain/open.ts.
 */
export const maxTileBytes = 1 << 25;

/**
 * Longest head of a kept record, in bytes of JSON: everything about a master except its index and its blocks. Enforced
 * in record/head.ts.
 */
export const maxRecordHeadBytes = 1 << 18;

/** Reads under way at once for one request: a Worker may wait for six. Enforced in render/gather.ts. */
export const maxReadsAtOnce = 6;

/** Widest gap between two tiles that one read spans, in bytes. Enforced in render/reads.ts. */
export const maxGapBytes = 16_384;

/** Longest single read of tiles, in bytes. Enforced in render/reads.ts. */
export const maxReadBytes = 4 << 20;

/** Most tiles that one rendering decodes. Enforced in render/cost.ts. */
export const maxTilesPerRender = 16_384;

/** Most pixels that one rendering decodes. Enforced in render/cost.ts. */
export const maxDecodedPixels = 1 << 30;

/** Most bytes of samples that the tiles of one rendering hold, as they are stored. Enforced in render/work.ts. */
export const maxDecodedBytes = 2 ** 32;

/**
 * Most pixels that one rendering decodes of compressions with much slower decoders than the rest: JPEG 2000 takes 0.1
 * to 0.5 µs a pixel. Enforced in render/work.ts.
 */
export const maxSlowPixels = { webp: 1 << 28, jpeg2000: 1 << 26 } as const;

/** Most reads that one rendering makes. Enforced in render/cost.ts. */
export const maxReadsPerRender = 1024;

/** Most bytes that one rendering reads, and that its tiles take, which may share them. Enforced in render/cost.ts and render/work.ts. */
export const maxReadBytesPerRender = 256 << 20;

/** Most kernel and buffer memory that one rendering may take, in bytes. Enforced in render/cost.ts and raster/kernel.ts. */
export const maxPeakBytes = 64 << 20;

/**
 * Most memory that an instance of a third-party codec may grow to, in bytes. Enforced in codec/emscripten-instance.ts.
 */
export const maxCodecBytes = 64 << 20;

/** Most tiles of one JPEG 2000 codestream. Enforced in codec/jpeg2000.ts. */
export const maxJpeg2000Tiles = 1 << 12;

/** Most pixels of a JPEG, PNG or WebP master, which is decoded whole. Enforced in plain/open.ts and codec/png/decoder.ts. */
export const maxPlainPixels = 1 << 26;

/** Most bytes before the frame of a JPEG master: profile, metadata, previews. Enforced in plain/jpeg.ts. */
export const maxJpegHeaderBytes = 8 << 20;

/** Most bytes before the image data of a PNG master: profile, metadata, texts. Enforced in plain/png.ts. */
export const maxPngHeaderBytes = 8 << 20;

/** Most chunks before the image data of a PNG master. Enforced in plain/png.ts. */
export const maxPngChunks = 128;

/**
 * Largest block of metadata that is parsed, in bytes: an XMP packet, image resources. Enforced in
 * metadata/tiff-values.ts.
 */
export const maxMetadataReadBytes = 1 << 18;

/** Largest block of metadata that is kept and written, in bytes. Enforced in metadata/read.ts. */
export const maxMetadataBlockBytes = 1 << 16;

/**
 * Most bytes of EXIF that are written: with its signature it fits one JPEG segment. Enforced in
 * metadata/exif-writer.ts.
 */
export const maxExifBytes = 60_000;

/** Largest single value of EXIF that is kept, in bytes. Enforced in metadata/exif-reader.ts. */
export const maxExifValueBytes = 8192;

/** Longest text taken from metadata, in characters; the rest is cut off. Enforced in metadata/text.ts. */
export const maxMetadataCharacters = 2048;

/** Most reads for the values of one directory of metadata. Enforced in metadata/tiff-values.ts. */
export const maxMetadataReads = 8;

/** Deepest nesting of elements in an XMP packet. Enforced in metadata/xml-scanner.ts. */
export const maxXmlDepth = 64;

/**
 * Largest kept body that is read whole and compared before any of it is served, in bytes; a larger one is compared as it
 * streams. Enforced in cache/checked-body.ts.
 */
export const maxWholeBytes = 1 << 20;

/** Largest picture that a cache keeps, in bytes. Enforced in cache/derivatives.ts and, of streams, in image.ts. */
export const maxKeptBytes = 6 << 20;

/** Largest record of a master that is read back, in bytes: an index of 25 MB, a profile, metadata. Enforced in masters/open.ts. */
export const maxRecordBytes = 32 << 20;

/** Largest ICC profile that is used, in bytes: press profiles are up to 3 MB. Enforced in color/profile-tags.ts. */
export const maxProfileBytes = 4 << 20;

/** Largest profile that goes out with a picture, in bytes; colours with a larger one are converted. Enforced in colors.ts. */
export const maxEmbeddedProfileBytes = 65_536;
