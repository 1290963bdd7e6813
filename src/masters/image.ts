import { profileSpaces } from "../codec/tile-decoder.ts";
import { parseProfile } from "../color/profile.ts";
import { ImageError } from "../error.ts";
import { openPlain } from "../files/open.ts";
import { maxJpegHeaderBytes, maxPngHeaderBytes, maxProfileBytes } from "../limits.ts";
import type { Metadata } from "../metadata/metadata.ts";
import { readMetadata } from "../metadata/read.ts";
import type { Pyramid } from "../pyramid/pyramid.ts";
import type { ByteSource } from "../source/byte-source.ts";
import { reserveForMuch } from "../source/opening.ts";
import type { Fields } from "../tiff/fields.ts";
import { openTiff } from "../tiff/open.ts";
import { tags } from "../tiff/tags.ts";

/** What a master holds, as plain values. */
export interface MasterImage {
  readonly pyramid: Pyramid;
  /** The ICC profile of colours that are not sRGB. */
  readonly profile: Uint8Array | undefined;
  readonly metadata: Metadata;
}

/** What opening a master's image takes. */
export interface ImageSource {
  readonly source: ByteSource;
  /** The first bytes of the file. */
  readonly prefix: Uint8Array;
  /** Which image of a file that holds several, counted from 1. */
  readonly page: number;
  /** Whether blocks of metadata are taken as they are, not only what they say. */
  readonly keepsBlocks: boolean;
  /** Told of what is wrong with a master that is served nevertheless. */
  readonly warn: (message: string) => void;
  /** Waits for the memory that a large index, profile or header takes, in bytes, before it is read; called once at most. */
  readonly reserve?: (bytes: number) => Promise<void>;
}

/** What opening a JPEG, PNG or WebP file may take: all in front of its picture, its profile once more, and joined. In bytes. */
const plainOpeningBytes = 2 * Math.max(maxJpegHeaderBytes, maxPngHeaderBytes) + 2 * maxProfileBytes;

/**
 * Reads what a master holds: a TIFF, or a JPEG, PNG or WebP file. Throws `source-malformed`, `source-unsupported`,
 * `not-found` for a page it does not have, and what the source throws.
 */
export async function openImage({
  source,
  prefix,
  page,
  keepsBlocks,
  warn,
  reserve,
}: ImageSource): Promise<MasterImage> {
  const policy = keepsBlocks ? "all" : "copyright";
  const plainSource = reserve === undefined ? source : reserveForMuch(source, () => reserve(plainOpeningBytes));
  const plain = await openPlain(plainSource, prefix, policy);
  if (plain !== undefined) {
    if (page > 1) throw new ImageError("not-found", `There is no page ${page}: the stored file has 1.`);
    const { pyramid, metadata, profile } = plain;
    return { pyramid, metadata, profile: usedProfile(profile, pyramid, warn) };
  }
  const { pyramid, fields } = await openTiff(source, {
    held: [{ offset: 0, bytes: prefix }],
    page,
    ...(reserve === undefined ? {} : { reserve }),
  });
  const profile = await readProfile(fields, warn);
  const metadata = await readMetadata(fields, policy);
  return { pyramid, metadata, profile: usedProfile(profile, pyramid, warn) };
}

/** A profile that can't be read costs the master its exact colours, not its place. */
async function readProfile(fields: Fields, warn: ImageSource["warn"]): Promise<Uint8Array | undefined> {
  try {
    return await fields.bytes(tags.iccProfile, maxProfileBytes);
  } catch (error) {
    if (!(error instanceof ImageError && error.code === "source-malformed")) throw error;
    warn(`the profile is ignored: ${error.detail}`);
    return undefined;
  }
}

/**
 * Returns the profile that a master's colours are brought to sRGB by, undefined where they need none. One that can't be
 * used is ignored and told to `warn`.
 */
export function usedProfile(
  bytes: Uint8Array | undefined,
  { levels: [{ encoding }] }: Pyramid,
  warn: ImageSource["warn"],
): Uint8Array | undefined {
  const space = profileSpaces[encoding.model];
  if (bytes === undefined || space === undefined) return undefined;
  const summary = parseProfile(bytes);
  if (summary === undefined || summary.colorSpace !== space) {
    warn(`the profile is ignored: ${summary === undefined ? "it is broken" : `it is one of ${summary.colorSpace}`}`);
    return undefined;
  }
  return summary.isSrgb ? undefined : bytes;
}
