import { ImageError } from "../error.ts";
import { type LargestFile, openFile } from "../files/open.ts";
import { maxJpegHeaderBytes, maxPngHeaderBytes, maxProfileBytes } from "../limits.ts";
import type { Metadata, MetadataPolicy } from "../metadata/metadata.ts";
import { readMetadata } from "../metadata/read.ts";
import type { Pyramid } from "../pyramid/pyramid.ts";
import type { ByteSource } from "../source/byte-source.ts";
import { reserveForMuch } from "../source/opening.ts";
import type { HeldRun } from "../source/read-ahead.ts";
import type { TryHold } from "../tiff/directories-behind.ts";
import type { Fields } from "../tiff/fields.ts";
import { openTiff } from "../tiff/open.ts";
import { tags } from "../tiff/tags.ts";
import { judgeProfile, type StoredProfile } from "./profile.ts";
import { refuseTileProcess } from "./tile-process.ts";

/** What a master holds, as plain values. */
export interface MasterImage {
  readonly pyramid: Pyramid;
  /** The ICC profile of colours that are not sRGB. */
  readonly profile: Uint8Array | undefined;
  readonly metadata: Metadata;
}

/** A master's image as it was opened, with what only opening shows. */
export interface OpenedImage extends MasterImage {
  readonly storedProfile: StoredProfile;
  /** The directory that a TIFF has of it. */
  readonly fields: Fields | undefined;
  /** What is wrong with a master that is served nevertheless. */
  readonly warnings: readonly string[];
}

/** The first read of an unknown master, in bytes: the header, and all directories of a file that has them in front. */
export const prefixBytes = 32_768;

/** What opening a master's image takes. */
export interface ImageSource {
  readonly source: ByteSource;
  /** The first `prefixBytes` of the file, or more. */
  readonly prefix: Uint8Array;
  /** The end of a TIFF, where it has been read too. */
  readonly tail?: HeldRun | undefined;
  /** Which image of a file that holds several, counted from 1; the first unless stated. */
  readonly page?: number;
  /** `all` takes blocks of metadata as they are, and not only what they say; `copyright` unless stated. */
  readonly policy?: MetadataPolicy;
  /** How large a JPEG, PNG or WebP file may be; as those that are served unless stated. */
  readonly largest?: LargestFile;
  /** Waits for the memory that a large index, profile or header takes, in bytes, before it is read; called at most once. */
  readonly reserve?: (bytes: number) => Promise<void>;
  /** Says whether there is memory to hold the end of a TIFF too; there is unless stated. */
  readonly tryHold?: TryHold;
}

/** What opening a JPEG, PNG or WebP file may take: all before its picture, its profile once more, and joined. In bytes. */
const fileOpeningBytes = 2 * Math.max(maxJpegHeaderBytes, maxPngHeaderBytes) + 2 * maxProfileBytes;

/**
 * Reads what a master holds: a TIFF, or a JPEG, PNG or WebP file. Throws `source-malformed`, `source-unsupported`,
 * `not-found` for a page it does not have, and what the source throws.
 */
export async function openImage(given: ImageSource): Promise<OpenedImage> {
  const { source, prefix, tail, page = 1, policy = "copyright", largest, reserve, tryHold } = given;
  const fileSource = reserve === undefined ? source : reserveForMuch(source, () => reserve(fileOpeningBytes));
  const file = await openFile(fileSource, prefix, { policy, largest });
  if (file !== undefined) {
    if (page > 1) throw new ImageError("not-found", `There is no page ${page}: the stored file has 1.`);
    const { pyramid, metadata, profile: storedProfile } = file;
    return settleImage({ pyramid, metadata, storedProfile, fields: undefined });
  }
  const held = [{ offset: 0, bytes: prefix }, ...(tail === undefined ? [] : [tail])];
  const memory = { ...(reserve === undefined ? {} : { reserve }), ...(tryHold === undefined ? {} : { tryHold }) };
  const { pyramid, fields } = await openTiff(source, { held, page, ...memory });
  refuseTileProcess(pyramid, prefix);
  const storedProfile = await readProfile(fields);
  return settleImage({ pyramid, storedProfile, fields, metadata: await readMetadata(fields, policy) });
}

function settleImage(read: Omit<OpenedImage, "profile" | "warnings">): OpenedImage {
  const { profile, warning } = judgeProfile(read.storedProfile, read.pyramid.levels[0].encoding.model);
  return { ...read, profile, warnings: warning === undefined ? [] : [warning] };
}

/** A profile that can't be read costs the master its exact colours, not its place. */
async function readProfile(fields: Fields): Promise<StoredProfile> {
  try {
    return await fields.bytes(tags.iccProfile, maxProfileBytes);
  } catch (error) {
    if (!(error instanceof ImageError && error.code === "source-malformed")) throw error;
    return { fault: error.detail ?? error.message };
  }
}
