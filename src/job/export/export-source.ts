import { BucketError, isOfOneObject } from "../../bucket/bucket.ts";
import { formatFault, isFaultOfMaster } from "../../check/faults.ts";
import { ImageError } from "../../error.ts";
import type { Size } from "../../geometry.ts";
import type { Identifier } from "../../identity/identifier.ts";
import { openImage, prefixBytes } from "../../masters/image.ts";
import type { MetadataPolicy } from "../../metadata/metadata.ts";
import { IngestError } from "../../node/ingest-error.ts";
import type { DrawnMaster } from "../../picture.ts";
import type { Kernels } from "../../render/kernels.ts";
import type { Marks } from "../../render/marks.ts";
import { readInBlocks } from "../../source/blocks.ts";
import type { ByteSource } from "../../source/byte-source.ts";
import { limitOpening } from "../../source/opening.ts";

/** A master that is exported: of a bucket, or a file of this machine. */
export interface ExportSource {
  readonly identifier: Identifier;
  /** Which of the images in it, from 1. */
  readonly page: number;
  /** Tells it from an earlier one of the name. */
  readonly version: string;
  /** Bytes, where that is known. */
  readonly open: () => Promise<ByteSource & { readonly close?: () => Promise<void> }>;
  /** Reads what is stated of it now. Throws BucketError. */
  readonly readStanding: () => Promise<ExportStanding>;
}

/** What is stated of an image when it is exported. */
export interface ExportStanding {
  /** Why it is not to be exported, a sentence; undefined where it is. */
  readonly whyLeftOut: string | undefined;
  /** The rights that are recorded of it, as info.json states them; undefined without any. */
  readonly rights: string | undefined;
  /**
   * Returns what is put over the pictures of an image of this size; undefined for nothing. Throws `record-malformed` for a
   * watermark that can't be used, and BucketError.
   */
  readonly marksOf: (image: Size, kernels: Kernels) => Promise<Marks | undefined>;
}

/** What is stated of a file of this machine: nothing. Whoever names files of his own knows what he exports. */
export const standingOfFile: ExportStanding = {
  whyLeftOut: undefined,
  rights: undefined,
  marksOf: async () => undefined,
};

/** Why an image is not exported. */
export interface ExportFailure {
  readonly identifier: string;
  /** A code of docs/errors.md, or of the ingest. */
  readonly code: string;
  /** A sentence. */
  readonly message: string;
}

/** Blocks in which a master is read that all of is needed: for each image that is worked on, 16 MB. */
const reading = { blockBytes: 1 << 20, mostHeld: 16 } as const;

/** Returns a master that is read in blocks, for all of its tiles are needed. */
export function wholeSource(source: ExportSource): ExportSource {
  const open = async () => {
    const opened = await source.open();
    const { close } = opened;
    return { ...readInBlocks(opened, reading), ...(close === undefined ? {} : { close: () => close() }) };
  };
  return { ...source, open };
}

/**
 * Does work with a master that is opened for it. Returns what the work does, or why the master can't be read or drawn.
 * Throws what concerns all masters: BucketError, WriteError, and the errors of programs.
 */
export async function withSource<Result>(
  source: ExportSource,
  policy: MetadataPolicy,
  work: (master: DrawnMaster) => Promise<Result>,
): Promise<{ readonly value: Result } | { readonly failure: ExportFailure }> {
  const { identifier, page } = source;
  return unlessOwnFault(identifier, async () => {
    const opened = await source.open();
    try {
      const prefix = await opened.read(0, prefixBytes);
      const image = await openImage({ source: limitOpening(opened), prefix, page, policy });
      return await work({ ...image, source: opened });
    } finally {
      await opened.close?.();
    }
  });
}

/** Returns what work on an image comes to, or what is wrong with this image alone. Throws what concerns all images. */
export async function unlessOwnFault<Result>(
  identifier: string,
  work: () => Promise<Result>,
): Promise<{ readonly value: Result } | { readonly failure: ExportFailure }> {
  try {
    return { value: await work() };
  } catch (error) {
    const isOwn = isFaultOfMaster(error) || (error instanceof ImageError && error.code === "record-malformed");
    if (isOwn) return { failure: { identifier, code: error.code, message: formatFault(error) } };
    const isOfThis = error instanceof IngestError || (error instanceof BucketError && isOfOneObject(error));
    if (isOfThis) return { failure: { identifier, code: error.code, message: error.message } };
    throw error;
  }
}
