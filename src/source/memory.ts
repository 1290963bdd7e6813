import { availableBytes, type ByteSource } from "./byte-source.ts";

/** Returns a ByteSource over `bytes`, which still belong to the caller. */
export function memorySource(bytes: Uint8Array, version = "memory"): ByteSource {
  return {
    size: bytes.byteLength,
    version,
    read: async (offset, length) => bytes.subarray(offset, offset + availableBytes(offset, length, bytes.byteLength)),
  };
}
