/** A file that is read by ranges. Everything above storage sees masters only as this. */
export interface ByteSource {
  /** Length of the whole file in bytes. */
  readonly size: number;
  /** What changes when the file is replaced: an etag. */
  readonly version: string;
  /**
   * Returns the bytes from `offset` on: `length` of them, fewer only where the file ends. Throws `source-changed` when
   * the file is no longer the version this source was opened at, `storage-failed` when storage does not answer.
   */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** Returns how many of `length` bytes from `offset` on a file of `size` bytes has. */
export function availableBytes(offset: number, length: number, size: number): number {
  return Math.max(0, Math.min(length, size - offset));
}
