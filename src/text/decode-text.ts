import { decodeText } from "../catalogue/csv-encoding.ts";
import { TextFault } from "./text-fault.ts";

/**
 * Decodes a file of text: as its byte order mark says, else as the head of its XML or HTML says, else as UTF-8. Throws
 * TextFault for bytes that the encoding does not have, and for an encoding that is not known.
 */
export function decodeFile(bytes: Uint8Array): string {
  const label = hasMark(bytes) ? undefined : statedEncoding(bytes);
  if (label === undefined || /^utf-?(?:8|16)/i.test(label)) {
    const { text, encoding, isWhole } = decodeText(bytes);
    if (!isWhole) throw new TextFault(`It is not ${encoding} throughout. Save it as UTF-8`);
    return text;
  }
  try {
    return new TextDecoder(label, { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch (error) {
    const what = error instanceof RangeError ? "which is not known" : "and has other bytes";
    throw new TextFault(`It says that it is in ${label}, ${what}. Save it as UTF-8`);
  }
}

function hasMark([first, second, third]: Uint8Array): boolean {
  return (
    (first === 0xff && second === 0xfe) ||
    (first === 0xfe && second === 0xff) ||
    (first === 0xef && second === 0xbb && third === 0xbf)
  );
}

/** Where HTML has to state it. Source: HTML Living Standard §4.2.5.4. */
const headBytes = 1024;

function statedEncoding(bytes: Uint8Array): string | undefined {
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, headBytes));
  const found =
    /^\s*<\?xml[^>]*?\bencoding\s*=\s*["']([\w.:-]{1,40})["']/.exec(head) ??
    /<meta\b[^>]*?\bcharset\s*=\s*["']?\s*([\w.:-]{1,40})/i.exec(head);
  return found?.[1];
}
