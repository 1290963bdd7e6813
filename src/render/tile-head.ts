import { formatSplicedHead, type SplicedHead } from "../codec/jpeg/splice.ts";
import type { Level } from "../pyramid/level.ts";
import { type Envelope, envelopeSegments, withResolutionExif } from "./envelope.ts";

/** Heads of copied tiles, kept from one to the next. */
export interface KeptHeads {
  readonly held: HeadCache;
  /** What all pictures of an image have in common, next to its level and the scale: no two images have it alike. */
  readonly common: string;
}

/** Keeps heads by names, each of so many bytes, for as long as there is room. */
export interface HeadCache {
  readonly get: (key: string) => SplicedHead | undefined;
  readonly set: (key: string, head: SplicedHead, bytes: number) => void;
}

/** A level that tiles are copied from, and what goes around them. */
export interface HeadedLevel {
  readonly level: Level;
  /** Output pixels for a pixel of the master: the resolution that is stated depends on it. */
  readonly scale: number;
  readonly envelope: () => Envelope;
}

/** Bytes of an entry besides its bytes. */
const entryBytes = 300;

/** Returns what stands in front of the tiles of a level, as it is kept or formatted now. Throws `source-malformed`. */
export function tileHead(headed: HeadedLevel, kept: KeptHeads | undefined): SplicedHead {
  if (kept === undefined) return formatTileHead(headed);
  const { level, scale } = headed;
  const key = `${kept.common} ${level.width} ${level.height} ${scale}`;
  const found = kept.held.get(key);
  if (found !== undefined) return found;
  const made = formatTileHead(headed);
  kept.held.set(key, made, entryBytes + made.bytes.byteLength);
  return made;
}

function formatTileHead({ level, envelope: enveloped }: HeadedLevel): SplicedHead {
  const { model, jpegTables } = level.encoding;
  if (model !== "gray" && model !== "rgb" && model !== "ycbcr") throw new RangeError(`a copy of ${model}`);
  const envelope = enveloped();
  const segments = envelopeSegments(model === "rgb" ? withResolutionExif(envelope) : envelope);
  return formatSplicedHead(jpegTables, { model, segments, dotsPerInch: envelope.dotsPerInch });
}
