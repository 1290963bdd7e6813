/**
 * Every number that can refuse a request or a master and is not configuration. Its name carries its unit; its comment
 * says what it bounds, what happens beyond it (the code of a fault, or words), and which files hold to it: all that
 * import it. `docs/limits-table.ts` makes the table in docs/configuration.md of these comments, and test/docs checks both.
 */

/**
 * Longest path of a request, and longest query of IIP.
 * @beyond url-too-long
 * @heldBy http/route.ts
 */
export const maxPathCharacters = 4096;

/**
 * Largest body that is sent to the service.
 * @beyond body-too-large
 * @heldBy app.ts
 */
export const maxBodyBytes = 1 << 20;

/**
 * Largest task file, in JSON or CSV: some 60,000 items by name. A prefix names any number.
 * @beyond body-too-large, and a fault of a file in INBOX
 * @heldBy app.ts, batch/inbox.ts, cli/batch.ts, task/task-file.ts
 */
export const maxTaskFileBytes = 4 << 20;

/**
 * Largest master that a task verifies: at 20 MB a second it takes seven minutes.
 * @beyond the item is refused, with the command that verifies it
 * @heldBy batch/kinds/verify.ts
 */
export const mostVerifiedBytes = 8 * 2 ** 30;

/**
 * Largest master of which a task decodes each tile.
 * @beyond the item is refused, with the command that decodes it
 * @heldBy batch/kinds/verify.ts
 */
export const mostVerifiedPixels = 1e9;

/**
 * Most pages of an object that a task makes: each takes some five calls of storage, and the platform allows 10,000 for a message.
 * @beyond the item is refused, with the command that makes the object
 * @heldBy batch/kinds/manifest.ts
 */
export const mostManifestPages = 1000;

/**
 * Most calls of storage that the export of one image in a task takes: reads of its master, and puts of its files. The platform
 * allows 10,000 for a message, of which some are needed for the rest.
 * @beyond the item is refused, with the command that exports it
 * @heldBy batch/kinds/export.ts
 */
export const mostExportCalls = 9000;

/**
 * Most images that one call purges; the caller asks again for the others.
 * @beyond body-malformed
 * @heldBy operation/purge-order.ts, operation/purge-choice.ts, stories/admin-page.ts, cli/purging.ts
 */
export const mostPurgedImages = 100;

/**
 * Largest small derivative, which `prune --older-than` keeps longer than a large one.
 * @beyond pruned at the age that is given
 * @heldBy operation/retention.ts
 */
export const smallDerivativeBytes = 1 << 18;

/**
 * How long small derivatives are kept, as a multiple of the age that is given: one of 256 KiB then costs as much as one of
 * 1 MiB.
 * @beyond pruned
 * @heldBy operation/retention.ts
 */
export const smallDerivativeTimes = 4;

/**
 * Largest record of an object or a collection, in bytes: some 10,000 pages.
 * @beyond record-malformed
 * @heldBy batch/kinds/manifest.ts, batch/read-record.ts, job/collection-job.ts, job/moves.ts, job/object-job.ts, job/page-text.ts, records.ts
 */
export const maxCatalogueRecordBytes = 4 << 20;

/**
 * Largest file of the text of a page: ALTO, hOCR or plain text.
 * @beyond a fault of the ingest
 * @heldBy text/read-text.ts, job/page-text-files.ts, records.ts
 */
export const maxTextFileBytes = 8 << 20;

/**
 * Most lines of the text of a page. A page of a newspaper has 1,000.
 * @beyond a fault of the ingest
 * @heldBy text/placed-line.ts
 */
export const maxTextLines = 20_000;

/**
 * Most characters of the text of a page. A page of a newspaper has 50,000.
 * @beyond a fault of the ingest
 * @heldBy text/placed-line.ts
 */
export const maxPageTextCharacters = 1 << 20;

/**
 * Longest text that is searched for.
 * @beyond query-malformed
 * @heldBy search/search-query.ts
 */
export const maxQueryCharacters = 256;

/**
 * Most words and phrases that are searched for at once.
 * @beyond query-malformed
 * @heldBy search/search-query.ts
 */
export const maxQueryTerms = 16;

/**
 * Longest identifier, in UTF-8.
 * @beyond identifier-malformed
 * @heldBy identity/identifier.ts
 */
export const maxIdentifierBytes = 1024;

/**
 * Most reads that open one master.
 * @beyond source-unsupported
 * @heldBy source/opening.ts, tiff/directories-behind.ts
 */
export const maxOpeningReads = 256;

/**
 * Most bytes that are read to open one master.
 * @beyond source-unsupported
 * @heldBy source/opening.ts
 */
export const maxOpeningBytes = 64 << 20;

/**
 * Most directories that are read of one TIFF, SubIFDs included.
 * @beyond source-unsupported
 * @heldBy tiff/directories-behind.ts, tiff/directory-chain.ts, pyramid/pyramid.ts
 */
export const maxDirectories = 64;

/**
 * Most entries of one directory.
 * @beyond source-malformed
 * @heldBy tiff/directory.ts
 */
export const maxDirectoryEntries = 1024;

/**
 * Largest value of one directory entry, apart from tile arrays and profiles.
 * @beyond source-malformed
 * @heldBy tiff/fields.ts
 */
export const maxEntryBytes = 1 << 20;

/**
 * Most samples of one pixel.
 * @beyond source-unsupported
 * @heldBy pyramid/sample-layout.ts, tiff/sample-layout.ts
 */
export const maxSamplesPerPixel = 16;

/**
 * Largest JPEG tables of one level, and of a file that is decoded by rows. Four tables of each kind take 3,000 bytes.
 * @beyond source-malformed
 * @heldBy tiff/tile-encoding.ts, pyramid/tile-encoding.ts, codec/jpeg/rows-head.ts
 */
export const maxJpegTableBytes = 1 << 16;

/**
 * Most tiles of one level: 68 gigapixels in tiles of 256.
 * @beyond source-malformed
 * @heldBy tiff/level.ts, tiff/open.ts, pyramid/pyramid.ts
 */
export const maxTilesPerLevel = 1 << 20;

/**
 * Most tiles of all levels of one page. At 16 bytes a tile its index stays below 26 MB.
 * @beyond further levels are left out
 * @heldBy tiff/open.ts, pyramid/pyramid.ts, pyramid/pyramid-record.ts
 */
export const maxTilesPerMaster = 3 << 19;

/**
 * Longest side of a master or of a level.
 * @beyond source-malformed, source-unsupported
 * @heldBy pyramid/level.ts, files/open.ts
 */
export const maxSidePixels = 1 << 20;

/**
 * Largest tile: 2,048 by 2,048.
 * @beyond source-unsupported
 * @heldBy pyramid/tile-grid.ts
 */
export const maxTilePixels = 1 << 22;

/**
 * Largest strip. Whole files are written as one, so it may be larger than a tile.
 * @beyond source-unsupported
 * @heldBy pyramid/tile-grid.ts
 */
export const maxStripPixels = 1 << 26;

/**
 * Largest compressed tile or strip, and largest JPEG, PNG or WebP file.
 * @beyond source-malformed, source-unsupported
 * @heldBy pyramid/tile-index.ts, files/open.ts, check/level-report.ts
 */
export const maxTileBytes = 1 << 25;

/**
 * Largest picture in a JPEG, PNG or WebP file.
 * @beyond source-unsupported, render-too-costly
 * @heldBy files/open.ts, codec/png/decoder.ts
 */
export const maxFilePixels = 1 << 26;

/**
 * Largest profile, metadata and previews before the picture of a JPEG file.
 * @beyond source-unsupported
 * @heldBy codec/jpeg/rows-head.ts, files/jpeg.ts, masters/image.ts
 */
export const maxJpegHeaderBytes = 8 << 20;

/**
 * Largest profile, metadata and texts before the picture of a PNG file.
 * @beyond source-unsupported
 * @heldBy files/png.ts, masters/image.ts
 */
export const maxPngHeaderBytes = 8 << 20;

/**
 * Most chunks before the picture of a PNG file.
 * @beyond source-unsupported
 * @heldBy files/png.ts
 */
export const maxPngChunks = 128;

/**
 * Most tiles of one JPEG 2000 codestream.
 * @beyond render-too-costly
 * @heldBy codec/jpeg2000.ts
 */
export const maxJpeg2000Tiles = 1 << 12;

/**
 * Most memory that a decoder of WebP or JPEG 2000 grows to.
 * @beyond render-too-costly, render-memory
 * @heldBy codec/webp-decoder.ts, codec/jpeg2000.ts
 */
export const maxCodecBytes = 64 << 20;

/**
 * Largest ICC profile that is used. Press profiles take up to 3 MB.
 * @beyond ignored
 * @heldBy color/profile-tags.ts, tiff/open.ts, files/jpeg.ts, files/png.ts, files/png-blocks.ts, files/webp.ts,
 * masters/image.ts
 */
export const maxProfileBytes = 4 << 20;

/**
 * Largest profile that is sent with a picture.
 * @beyond colours are converted
 * @heldBy colors.ts
 */
export const maxEmbeddedProfileBytes = 65_536;

/**
 * Largest block of metadata that is looked into: EXIF, XMP, image resources.
 * @beyond left out
 * @heldBy metadata/read.ts, metadata/tiff-values.ts, metadata/title.ts, files/jpeg.ts, files/png.ts, files/png-blocks.ts, files/webp.ts
 */
export const maxMetadataReadBytes = 1 << 18;

/**
 * Largest block of metadata that pictures take over.
 * @beyond left out
 * @heldBy metadata/read.ts, metadata/metadata-record.ts
 */
export const maxMetadataBlockBytes = 1 << 16;

/**
 * Largest EXIF that is written, so that it fits one JPEG segment.
 * @beyond further values are left out
 * @heldBy metadata/exif-writer.ts, metadata/metadata-record.ts
 */
export const maxExifBytes = 60_000;

/**
 * Largest single value of EXIF.
 * @beyond left out
 * @heldBy metadata/exif-reader.ts, metadata/read.ts
 */
export const maxExifValueBytes = 8192;

/**
 * Longest text that is taken from metadata.
 * @beyond cut off
 * @heldBy metadata/text.ts
 */
export const maxMetadataCharacters = 2048;

/**
 * Most reads for the metadata of one directory.
 * @beyond further values are left out
 * @heldBy metadata/tiff-values.ts
 */
export const maxMetadataReads = 8;

/**
 * Deepest nesting of elements in XMP, and in the text of a page.
 * @beyond left out, a fault of the ingest
 * @heldBy metadata/xml-scanner.ts, text/markup.ts
 */
export const maxNestedElements = 64;

/**
 * Most reads under way at once for one request. A Worker may wait for six.
 * @beyond the others wait
 * @heldBy render/gather.ts
 */
export const maxReadsAtOnce = 6;

/**
 * Widest gap between two tiles of one read.
 * @beyond a second read
 * @heldBy render/reads.ts
 */
export const maxGapBytes = 16_384;

/**
 * Longest read of tiles.
 * @beyond a second read
 * @heldBy render/reads.ts, codec/tile-decoder.ts
 */
export const maxReadBytes = 4 << 20;

/**
 * Most tiles of one render.
 * @beyond render-too-costly
 * @heldBy render/cost.ts, render/batches.ts
 */
export const maxTilesPerRender = 16_384;

/**
 * Most pixels that one render decodes.
 * @beyond render-too-costly
 * @heldBy render/cost.ts
 */
export const maxDecodedPixels = 1 << 30;

/**
 * Most pixels that one render decodes of WebP tiles.
 * @beyond render-too-costly
 * @heldBy render/decoding-limits.ts
 */
export const maxWebpPixels = 1 << 28;

/**
 * Most pixels that one render decodes of JPEG 2000 tiles, at 0.1 to 0.5 µs a pixel.
 * @beyond render-too-costly
 * @heldBy render/decoding-limits.ts
 */
export const maxJpeg2000Pixels = 1 << 26;

/**
 * Most samples that one render decodes, as they are stored.
 * @beyond render-too-costly
 * @heldBy render/decoding-limits.ts
 */
export const maxDecodedBytes = 2 ** 32;

/**
 * Most of a picture that may be lost because its master is damaged, in hundredths of what was asked for. A picture that
 * shows less than it lacks tells a reader less than the error does; less loss is shown, and kept by no cache.
 * @beyond source-malformed
 * @heldBy render/damage.ts
 */
export const maxLostHundredths = 50;

/**
 * Most reads of one render.
 * @beyond render-too-costly
 * @heldBy render/cost.ts
 */
export const maxReadsPerRender = 1024;

/**
 * Most that one render reads, and its compressed tiles together, also where they share their bytes.
 * @beyond render-too-costly
 * @heldBy render/cost.ts, render/decoding-limits.ts, render/tile-copy.ts
 */
export const maxReadBytesPerRender = 256 << 20;

/**
 * Most memory of one render: kernel, compressed tiles and encoded picture.
 * @beyond render-too-costly
 * @heldBy render/cost.ts, render/plan.ts, render/memory.ts, budget/shares.ts
 */
export const maxPeakBytes = 64 << 20;

/**
 * Most pixels of an image that a task converts: a step assembles its master within the time that the platform gives.
 * @beyond remake-impossible
 * @heldBy batch/kinds/remake.ts
 */
export const maxRemadePixels = 4e9;

/**
 * Most memory that a block of an image takes that is converted by the service: kernel and compressed tiles.
 * @beyond remake-impossible
 * @heldBy batch/remake-loans.ts, remake/plan.ts
 */
export const maxBlockBytes = 72 << 20;

/**
 * Longest side of a JPEG picture. Source: ITU-T T.81 B.2.2.
 * @beyond size-above-limit
 * @heldBy render/plan.ts
 */
export const maxJpegSidePixels = 65_535;

/**
 * Longest side of a WebP picture. Source: RFC 9649 §2.5.
 * @beyond size-above-limit
 * @heldBy codec/webp/encoder.ts, render/plan.ts
 */
export const maxWebpSidePixels = 16_383;

/**
 * Most that is kept of the colours of a WebP picture until it is complete, beyond a byte a pixel; where the rest of the
 * drawing leaves less room, half a byte a pixel at least. Photographs and paintings take 0.1 to 0.4 bytes a pixel, noise takes 3.
 * @beyond render-memory
 * @heldBy codec/webp/encoder.ts
 */
export const maxWebpKeptBytes = 8 << 20;

/**
 * Longest side of a GIF picture. Source: GIF89a §18.
 * @beyond size-above-limit
 * @heldBy render/plan.ts
 */
export const maxGifSidePixels = 65_535;

/**
 * Largest GIF picture: its palette is chosen for the whole of it, at some 0.1 µs a pixel.
 * @beyond size-above-limit
 * @heldBy render/plan.ts
 */
export const maxGifPixels = 3 << 20;

/**
 * Largest picture that a cache keeps.
 * @beyond drawn each time
 * @heldBy budget/shares.ts, cache/derivatives.ts, kept-picture.ts
 */
export const maxKeptBytes = 6 << 20;

/**
 * Largest kept body that is compared with its checksum before any of it is sent.
 * @beyond compared while it is sent
 * @heldBy cache/checked-body.ts
 */
export const maxWholeBytes = 1 << 20;

/**
 * Largest kept index of a master that is read back: an index of 25 MB, a profile, metadata.
 * @beyond opened again
 * @heldBy masters/keeping.ts
 */
export const maxRecordBytes = 32 << 20;

/**
 * Largest head of such a kept index, in JSON.
 * @beyond opened again
 * @heldBy serial/head.ts
 */
export const maxRecordHeadBytes = 1 << 18;

/**
 * Largest file of a mark.
 * @beyond record-malformed
 * @heldBy marks/mark-file.ts, marks/store.ts, cli/access-mark.ts
 */
export const maxMarkBytes = 1 << 20;

/**
 * Most pixels of a mark, such as 1,024 by 256: it is held as red, green, blue and alpha.
 * @beyond record-malformed
 * @heldBy marks/decode.ts, convert/mark-picture.ts
 */
export const maxMarkPixels = 1 << 18;
