import { formatChunk } from "../codec/png/chunk.ts";
import { jpegSegments, type WrittenBlocks } from "../metadata/jpeg-segments.ts";
import { resolutionExif } from "../metadata/kept-metadata.ts";
import { pngChunks } from "../metadata/png-chunks.ts";

/** What a picture carries next to its pixels: metadata, profile, resolution. */
export interface Envelope extends WrittenBlocks {
  readonly dotsPerInch?: number | undefined;
}

/** Returns an envelope whose EXIF states the resolution, for formats that have no other place for it. */
export function withResolutionExif(envelope: Envelope): Envelope {
  const { exif, dotsPerInch } = envelope;
  return exif !== undefined || dotsPerInch === undefined
    ? envelope
    : { ...envelope, exif: resolutionExif(dotsPerInch) };
}

/** Returns the marker segments of a JPEG. */
export function envelopeSegments(envelope: Envelope): readonly Uint8Array[] {
  return jpegSegments(envelope);
}

/** Returns the chunks of a PNG, whole, to stand in front of its pixels. */
export function envelopeChunks(envelope: Envelope): readonly Uint8Array[] {
  return pngChunks(envelope).map(({ type, data }) => formatChunk(type, data));
}
