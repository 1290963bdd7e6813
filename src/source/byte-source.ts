/** A file that is read by ranges. Everything above storage only sees masters through this interface. */
export interface ByteSource {
  /** Length of the whole file in bytes. */
  readonly size: number;
  /** A text that changes when the file is replaced: an etag. */
  readonly version: string;
  /**
   * Returns `length` bytes from `offset`, or fewer where the file ends. Throws `source-changed` if the file is no
   * longer the version this source was opened at, `storage-failed` if storage does not respond.
   */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** Returns how many of `length` bytes at `offset` a file of `size` bytes has. */
export function availableBytes(offset: number, length: number, size: number): number {
  return Math.max(0, Math.min(length, size - offset));
}
