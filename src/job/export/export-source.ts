import { BucketError, isOfOneObject } from "../../bucket/bucket.ts";
import { formatFault, tryMaster } from "../../check/faults.ts";
import type { Identifier } from "../../identity/identifier.ts";
import { openImage, prefixBytes } from "../../masters/image.ts";
import type { MetadataPolicy } from "../../metadata/metadata.ts";
import { IngestError } from "../../node/ingest-error.ts";
import type { DrawnMaster } from "../../picture.ts";
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
  /** The rights that are recorded of it, as info.json states them; undefined without any. Throws BucketError. */
  readonly readRights: () => Promise<string | undefined>;
  /** Says in a sentence why it is not to be exported; undefined where anybody may see it. Throws BucketError. */
  readonly whyLeftOut: () => Promise<string | undefined>;
}

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
  try {
    const opened = await source.open();
    try {
      const done = await tryMaster(async () => {
        const prefix = await opened.read(0, prefixBytes);
        const image = await openImage({ source: limitOpening(opened), prefix, page, policy });
        return work({ ...image, source: opened });
      });
      if ("value" in done) return done;
      return { failure: { identifier, code: done.fault.code, message: formatFault(done.fault) } };
    } finally {
      await opened.close?.();
    }
  } catch (error) {
    const isOfThis = error instanceof IngestError || (error instanceof BucketError && isOfOneObject(error));
    if (!isOfThis) throw error;
    return { failure: { identifier, code: error.code, message: error.message } };
  }
}
