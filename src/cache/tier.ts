import type { Lease } from "../budget/lease.ts";
import type { Seal } from "./seal.ts";

/** Where something is kept. */
export interface KeptName {
  readonly key: string;
  /** Digest that must be written on what lies there: pictures share the keys of the bucket. Undefined takes what is there. */
  readonly picture?: string;
}

/** Bytes that are kept, with the seal they carry: all of them, compared with it, or a stream that compares on its way. */
export interface KeptBody extends Seal {
  /** A stream ends only when length and checksum agree; else it breaks off before its last chunk. */
  readonly body: Uint8Array | ReadableStream<Uint8Array>;
  /** What bytes are held in; whoever asked for them releases it. */
  readonly lease?: Lease | undefined;
}

/** Returns what so many bytes may be held in, or undefined if they should be streamed. */
export type Hold = (byteLength: number) => Lease | undefined;

/** What the request brings along that asks a tier. */
export interface Asking {
  readonly hold: Hold;
  /** Lets work go on after the answer. */
  readonly defer: (work: Promise<unknown>) => void;
}

/** Holds nothing: all is streamed. */
export const holdNothing: Hold = () => undefined;

/** Bytes to be kept. */
export interface KeptContent extends KeptBody {
  /** For those who look into the storage: what is served has the media type that its plan says. */
  readonly mediaType: string;
  /** What else is written on an object of the bucket, 8 KB at most with the seal. */
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * One place that keeps bytes by key. Nothing here throws or waits for long: a tier that fails, lets its deadline pass or
 * answers with damaged bytes is a miss and a line in the log.
 */
export interface CacheTier {
  /** Returns what is kept whole, or undefined. Up to `maxWholeBytes` come as bytes if they may be held, all else as a stream. */
  get(name: KeptName, asking: Asking): Promise<KeptBody | undefined>;
  /** Says whether the content is kept now. */
  put(name: KeptName, content: KeptContent): Promise<boolean>;
  /** Says whether nothing is kept under the name any longer. */
  delete(name: KeptName): Promise<boolean>;
}

/** A tier that can be asked what it holds without sending it. */
export interface BucketTier extends CacheTier {
  /** Says whether what is named lies there; a tier that does not answer holds nothing. */
  holds(name: KeptName): Promise<boolean>;
}
