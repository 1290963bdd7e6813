import { concatenate } from "../bytes.ts";
import type { Pyramid } from "../tiff/pyramid.ts";
import { formatPyramid, parsePyramid } from "../tiff/pyramid-record.ts";

/** A master as it is kept: which version it is, when that was last checked, and its pyramid. Plain values. */
export interface KeptMaster {
  readonly version: string;
  /** Length of the file in bytes. */
  readonly size: number;
  /** Seconds since 1970. */
  readonly checkedAt: number;
  readonly pyramid: Pyramid;
}

/** Formats a kept master as bytes: the length of a JSON head (u32, little-endian), the head, the pyramid. Never throws. */
export function formatMasterRecord({ version, size, checkedAt, pyramid }: KeptMaster): Uint8Array {
  const head = new TextEncoder().encode(JSON.stringify({ version, size, checkedAt }));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, head.byteLength, true);
  return concatenate([length, head, formatPyramid(pyramid)]);
}

/** Parses what `formatMasterRecord` wrote; undefined for anything else. Never throws. */
export function parseMasterRecord(bytes: Uint8Array): KeptMaster | undefined {
  try {
    const headBytes = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
    const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + headBytes))) as Omit<KeptMaster, "pyramid">;
    const pyramid = parsePyramid(bytes.subarray(4 + headBytes));
    return pyramid === undefined ? undefined : { ...head, pyramid };
  } catch {
    return undefined;
  }
}
