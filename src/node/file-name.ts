/** A name as the file system keeps it. */
export interface FileName {
  /** For people: bytes that are no UTF-8 as `\xE9`. */
  readonly text: string;
  /** Whether the text is the whole name, so that it opens the file. */
  readonly isText: boolean;
}

/** Reads a name from its bytes, which on most systems may be any. */
export function readFileName(bytes: Buffer): FileName {
  const text = bytes.toString("utf8");
  if (Buffer.from(text, "utf8").equals(bytes)) return { text, isText: true };
  let shown = "";
  for (let at = 0; at < bytes.length; ) {
    const length = characterLength(bytes, at);
    shown +=
      length === 0
        ? `\\x${(bytes[at] ?? 0).toString(16).toUpperCase().padStart(2, "0")}`
        : bytes.toString("utf8", at, at + length);
    at += Math.max(1, length);
  }
  return { text: shown, isText: false };
}

/** Returns how many bytes the character at a place takes, 0 where there is none. */
function characterLength(bytes: Buffer, at: number): number {
  for (let length = 1; length <= 4 && at + length <= bytes.length; length += 1) {
    const character = bytes.subarray(at, at + length);
    if (Buffer.from(character.toString("utf8"), "utf8").equals(character)) return length;
  }
  return 0;
}
