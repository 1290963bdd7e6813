/** The text of a file, and whether every byte of it could be read; where one could not, U+FFFD stands in the text. */
export interface DecodedText {
  readonly text: string;
  readonly encoding: "UTF-8" | "UTF-16";
  readonly isWhole: boolean;
}

/**
 * Decodes text as spreadsheets save it: UTF-8 with or without a byte order mark, UTF-16 of either byte order with one,
 * or without one where the first character is of ASCII. The mark is not part of the text. Never throws.
 * Source: Unicode 16.0 §23.8.
 */
export function decodeText(bytes: Uint8Array): DecodedText {
  const order = byteOrderOf(bytes);
  if (order === undefined) return decode(bytes, "UTF-8");
  return decode(order === "little" ? bytes : swapBytes(bytes), "UTF-16");
}

/** A column name begins with a letter or a quote, so that one of the first two bytes is 0 in UTF-16. */
function byteOrderOf([first, second]: Uint8Array): "little" | "big" | undefined {
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return "little";
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0 && second !== undefined)) return "big";
  return undefined;
}

/** Not every platform's decoder knows the big-endian form. `slice` of a Buffer would be the same memory. */
function swapBytes(bytes: Uint8Array): Uint8Array {
  const swapped = Uint8Array.from(bytes);
  for (let at = 0; at + 1 < bytes.length; at += 2) {
    swapped[at] = bytes[at + 1] ?? 0;
    swapped[at + 1] = bytes[at] ?? 0;
  }
  return swapped;
}

/** The decoder takes a byte order mark away by itself. */
function decode(bytes: Uint8Array, encoding: DecodedText["encoding"]): DecodedText {
  const label = encoding === "UTF-8" ? "utf-8" : "utf-16le";
  try {
    return { text: new TextDecoder(label, { fatal: true, ignoreBOM: false }).decode(bytes), encoding, isWhole: true };
  } catch {
    return { text: new TextDecoder(label).decode(bytes), encoding, isWhole: false };
  }
}
