/**
 * Compresses `bytes` with PackBits, every row of `rowBytes` bytes on its own.
 * Source: TIFF 6.0 section 9.
 */
export function writePackBits(bytes: Uint8Array, rowBytes: number): Uint8Array<ArrayBuffer> {
  // At worst a byte stands alone, after its count.
  const output = new Uint8Array(2 * bytes.length);
  let end = 0;
  for (let start = 0; start < bytes.length; start += rowBytes) {
    end += packRow(bytes.subarray(start, start + rowBytes), output.subarray(end));
  }
  return output.slice(0, end);
}

/** Packs a row into the front of `output`, and returns how many bytes it took. */
function packRow(row: Uint8Array, output: Uint8Array): number {
  let to = 0;
  let at = 0;
  while (at < row.length) {
    const repeated = runLength(row, at);
    if (repeated > 1) {
      output[to++] = 257 - repeated;
      output[to++] = row[at]!;
      at += repeated;
      continue;
    }
    let end = at + 1;
    while (end < row.length && end - at < 128 && runLength(row, end) < 3) end += 1;
    output[to++] = end - at - 1;
    while (at < end) output[to++] = row[at++]!;
  }
  return to;
}

/** How often the byte at `start` stands there in a row, 128 at most. */
function runLength(row: Uint8Array, start: number): number {
  let end = start + 1;
  while (end < row.length && end - start < 128 && row[end] === row[start]) end += 1;
  return end - start;
}
