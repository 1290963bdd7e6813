import { maxProfileBytes } from "../limits.ts";

/** The bytes of one tag of a profile, including its type signature and reserved word. */
export interface ProfileTag {
  readonly type: string;
  readonly byteLength: number;
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

/** A profile's header and the tags inside it. */
export interface ProfileTags {
  /** Signatures in the header, unchanged: four characters, including spaces. */
  readonly deviceClass: string;
  readonly colorSpace: string;
  readonly connectionSpace: string;
  readonly header: Uint8Array;
  readonly tags: ReadonlyMap<string, ProfileTag>;
}

/** Size of the header, and of each entry of the table after it. Source: ICC.1:2022 sections 7.2 and 7.3. */
export const headerBytes = 128;
export const tagEntryBytes = 12;

/** More tags than any profile has; also the limit of lcms. */
const maxTags = 100;

/**
 * Reads a profile's table of tags. Returns undefined for anything that is not an ICC profile, is cut off in its table,
 * or exceeds `maxProfileBytes`; a tag that extends beyond the end is left out, as is the second one with the same name.
 */
export function readProfileTags(bytes: Uint8Array): ProfileTags | undefined {
  if (bytes.byteLength < headerBytes + 4 || bytes.byteLength > maxProfileBytes) return undefined;
  const view = viewOf(bytes);
  if (signatureAt(view, 36) !== "acsp") return undefined;
  const count = view.getUint32(headerBytes);
  if (count > maxTags || headerBytes + 4 + count * tagEntryBytes > bytes.byteLength) return undefined;
  const tags = new Map<string, ProfileTag>();
  for (let index = 0; index < count; index += 1) {
    const entry = headerBytes + 4 + index * tagEntryBytes;
    const name = signatureAt(view, entry);
    const offset = view.getUint32(entry + 4);
    const byteLength = view.getUint32(entry + 8);
    if (byteLength < 8 || offset + byteLength > bytes.byteLength || tags.has(name)) continue;
    const tag = bytes.subarray(offset, offset + byteLength);
    tags.set(name, { type: signatureAt(viewOf(tag), 0), byteLength, bytes: tag, view: viewOf(tag) });
  }
  return {
    deviceClass: signatureAt(view, 12),
    colorSpace: signatureAt(view, 16),
    connectionSpace: signatureAt(view, 20),
    header: bytes.subarray(0, headerBytes),
    tags,
  };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function signatureAt(view: DataView, at: number): string {
  return String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3));
}
