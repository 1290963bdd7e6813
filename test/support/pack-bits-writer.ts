/**
 * Compresses `bytes` with PackBits, every row of `rowBytes` bytes on its own. Never throws.
 * Source: TIFF 6.0 section 9.
 */
export function writePackBits(bytes: Uint8Array, rowBytes: number): Uint8Array<ArrayBuffer> {
  const output: number[] = [];
  for (let start = 0; start < bytes.length; start += rowBytes) packRow(bytes.subarray(start, start + rowBytes), output);
  return Uint8Array.from(output);
}

function packRow(row: Uint8Array, output: number[]): void {
  let at = 0;
  while (at < row.length) {
    const repeated = runLength(row, at);
    if (repeated > 1) {
      output.push(257 - repeated, row[at]!);
      at += repeated;
      continue;
    }
    let end = at + 1;
    while (end < row.length && end - at < 128 && runLength(row, end) < 3) end += 1;
    output.push(end - at - 1, ...row.subarray(at, end));
    at = end;
  }
}

/** How often the byte at `start` stands there in a row, 128 at most. */
function runLength(row: Uint8Array, start: number): number {
  let end = start + 1;
  while (end < row.length && end - start < 128 && row[end] === row[start]) end += 1;
  return end - start;
}
