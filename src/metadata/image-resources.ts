/** The signature of an image resource. Source: Adobe Photoshop File Formats, Image Resource Blocks. */
const signature = [0x38, 0x42, 0x49, 0x4d];

/** The resource that holds an IPTC record. */
const iptcResource = 0x0404;

/** The signature at the start of APP13 of a JPEG. */
const segmentPrefix = new TextEncoder().encode("Photoshop 3.0\0");

/**
 * Finds the IPTC record in a block that may be a record itself, image resources, or image resources as in APP13 of a
 * JPEG. Undefined if there is none. Source: IPTC IIM 4.2 §1.4; Adobe Photoshop File Formats.
 */
export function findIptc(block: Uint8Array): Uint8Array | undefined {
  if (block[0] === recordMarker) return block;
  if (startsWith(block, segmentPrefix)) return findResource(block.subarray(segmentPrefix.length));
  if (startsWith(block, signature)) return findResource(block);
  // Some writers give the tag the type LONG and reverse each four bytes in files of the other byte order.
  if (block[3] === recordMarker && block.byteLength % 4 === 0) return turnWords(block);
  return undefined;
}

/** The byte that starts every data set of IIM. */
export const recordMarker = 0x1c;

/** Formats an IPTC record as the only image resource of APP13. */
export function formatResources(iptc: Uint8Array): Uint8Array {
  const headBytes = segmentPrefix.length + 12;
  const bytes = new Uint8Array(headBytes + iptc.byteLength + (iptc.byteLength % 2));
  bytes.set(segmentPrefix);
  bytes.set([...signature, iptcResource >> 8, iptcResource & 255], segmentPrefix.length);
  new DataView(bytes.buffer).setUint32(headBytes - 4, iptc.byteLength);
  bytes.set(iptc, headBytes);
  return bytes;
}

function findResource(bytes: Uint8Array): Uint8Array | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 12 <= bytes.byteLength; ) {
    if (!startsWith(bytes.subarray(at), signature)) return undefined;
    const nameBytes = 1 + view.getUint8(at + 6);
    const sizeAt = at + 6 + nameBytes + (nameBytes % 2);
    if (sizeAt + 4 > bytes.byteLength) return undefined;
    const size = view.getUint32(sizeAt);
    const start = sizeAt + 4;
    if (start + size > bytes.byteLength) return undefined;
    if (view.getUint16(at + 4) === iptcResource) return size > 0 ? bytes.subarray(start, start + size) : undefined;
    at = start + size + (size % 2);
  }
  return undefined;
}

function startsWith(bytes: Uint8Array, start: ArrayLike<number>): boolean {
  return Array.from(start).every((byte, index) => bytes[index] === byte);
}

function turnWords(bytes: Uint8Array): Uint8Array {
  const turned = bytes.slice();
  for (let at = 0; at < turned.byteLength; at += 4) turned.subarray(at, at + 4).reverse();
  return turned;
}
