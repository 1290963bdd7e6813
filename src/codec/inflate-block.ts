import { inflateRawSync } from "node:zlib";

/**
 * Inflates a block of a file, such as a profile; undefined if it is broken, cut off or longer than `maxBytes`. The
 * platform is told of no zlib header and no checksum: what follows the last block is then ignored on all platforms
 * alike. Source: RFC 1950, RFC 1951.
 */
export function inflateBlock(bytes: Uint8Array, maxBytes: number): Uint8Array | undefined {
  try {
    return new Uint8Array(inflateRawSync(bytes.subarray(2), { maxOutputLength: maxBytes }));
  } catch {
    return undefined;
  }
}
