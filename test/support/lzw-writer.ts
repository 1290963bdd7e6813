const clearCode = 256;
const endCode = 257;
const firstFreeCode = 258;
const fullTable = 4094;

/**
 * Compresses `bytes` as libtiff writes LZW: codes of 9 to 12 bits, most significant bit first, each width left one code
 * early; or as before TIFF 6.0, least significant bit first, each width used to its end. Source: TIFF 6.0 section 13.
 */
export function writeLzw(
  bytes: Uint8Array,
  order: "most first" | "least first" = "most first",
): Uint8Array<ArrayBuffer> {
  const isLeastFirst = order === "least first";
  const output: number[] = [];
  let pendingBits = 0;
  let pendingCount = 0;
  let codeBits = 9;
  let nextCode = firstFreeCode;
  let table = new Map<number, number>();

  const put = (code: number): void => {
    if (isLeastFirst) {
      pendingBits |= code << pendingCount;
      pendingCount += codeBits;
      for (; pendingCount >= 8; pendingCount -= 8, pendingBits >>>= 8) output.push(pendingBits & 0xff);
      return;
    }
    pendingBits = (pendingBits << codeBits) | code;
    pendingCount += codeBits;
    while (pendingCount >= 8) {
      pendingCount -= 8;
      output.push((pendingBits >>> pendingCount) & 0xff);
    }
    pendingBits &= (1 << pendingCount) - 1;
  };
  const grow = (): void => {
    nextCode += 1;
    if (nextCode === fullTable) {
      put(clearCode);
      table = new Map();
      codeBits = 9;
      nextCode = firstFreeCode;
    } else if (nextCode > (1 << codeBits) - (isLeastFirst ? 0 : 1)) codeBits += 1;
  };

  put(clearCode);
  let prefix = bytes[0];
  if (prefix !== undefined) {
    for (const byte of bytes.subarray(1)) {
      const key = (prefix << 8) | byte;
      const known = table.get(key);
      if (known === undefined) {
        put(prefix);
        table.set(key, nextCode);
        grow();
        prefix = byte;
      } else prefix = known;
    }
    put(prefix);
    grow();
  }
  put(endCode);
  if (pendingCount > 0) output.push((isLeastFirst ? pendingBits : pendingBits << (8 - pendingCount)) & 0xff);
  return Uint8Array.from(output);
}
