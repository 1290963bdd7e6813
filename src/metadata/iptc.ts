import { recordMarker } from "./image-resources.ts";
import { cleanText, decodeText } from "./text.ts";

/** What is taken from an IPTC record. */
export interface IptcTexts {
  readonly title?: string | undefined;
  readonly artist?: string | undefined;
  readonly credit?: string | undefined;
  readonly copyright?: string | undefined;
}

/** Data sets of record 2 by number. Source: IPTC IIM 4.2 §6, Object Name, By-line, Credit, Copyright Notice. */
const dataSets: ReadonlyMap<number, keyof IptcTexts> = new Map([
  [5, "title"],
  [80, "artist"],
  [110, "credit"],
  [116, "copyright"],
]);

/** Most data sets of one kind that are joined. */
const maxRepeats = 16;

/**
 * Reads Object Name, By-line, Credit and Copyright Notice, whose repetitions are joined by semicolons. Anything after a fault is
 * left out. Source: IPTC IIM 4.2 §1.5 and §1.6.
 */
export function parseIptc(iptc: Uint8Array): IptcTexts {
  const view = new DataView(iptc.buffer, iptc.byteOffset, iptc.byteLength);
  const found: Record<keyof IptcTexts, string[]> = { title: [], artist: [], credit: [], copyright: [] };
  for (let at = 0; at + 5 <= iptc.byteLength && iptc[at] === recordMarker; ) {
    const length = view.getUint16(at + 3);
    const start = at + 5;
    // A length with the highest bit set is an extended one, which texts never are.
    if (length > 0x7fff || start + length > iptc.byteLength) break;
    const kind = iptc[at + 1] === 2 ? dataSets.get(iptc[at + 2] ?? 0) : undefined;
    if (kind !== undefined && found[kind].length < maxRepeats) {
      found[kind].push(decodeText(iptc.subarray(start, start + length)));
    }
    at = start + length;
  }
  const join = (texts: readonly string[]): string | undefined => cleanText(texts.join("\0"));
  const { title, artist, credit, copyright } = found;
  return { title: join(title), artist: join(artist), credit: join(credit), copyright: join(copyright) };
}
