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
  const found: Record<keyof IptcTexts, string[]> = { title: [], artist: [], credit: [], copyright: [] };
  for (const { record, number, content } of dataSetsOf(iptc)) {
    const kind = record === 2 ? dataSets.get(number) : undefined;
    if (kind !== undefined && content !== undefined && found[kind].length < maxRepeats) {
      found[kind].push(decodeText(content));
    }
  }
  const join = (texts: readonly string[]): string | undefined => cleanText(texts.join("\0"));
  const { title, artist, credit, copyright } = found;
  return { title: join(title), artist: join(artist), credit: join(credit), copyright: join(copyright) };
}

/** Object Data Preview: a picture. Source: IPTC IIM 4.2 §6, 2:202. */
const preview = 202;

/** Records from this one on hold the object itself. Source: IPTC IIM 4.2 §1.4, records 7 to 9. */
const objectData = 7;

/** Says whether a block may hold a picture: a preview, or anything too long for a text. Never throws. */
export function mayHoldPicture(iptc: Uint8Array): boolean {
  return dataSetsOf(iptc).some(
    ({ record, number, content }) =>
      content === undefined || (record === 2 && number === preview) || record >= objectData,
  );
}

interface DataSet {
  readonly record: number;
  readonly number: number;
  /** Undefined for an extended data set, which texts never are, and for one that is cut off. */
  readonly content: Uint8Array | undefined;
}

/** Lists the data sets up to the first fault or extended one, which is the last. */
function dataSetsOf(iptc: Uint8Array): readonly DataSet[] {
  const view = new DataView(iptc.buffer, iptc.byteOffset, iptc.byteLength);
  const listed: DataSet[] = [];
  for (let at = 0; at + 5 <= iptc.byteLength && iptc[at] === recordMarker; ) {
    const length = view.getUint16(at + 3);
    const start = at + 5;
    // A length with the highest bit set is an extended one.
    const isRead = length <= 0x7fff && start + length <= iptc.byteLength;
    const content = isRead ? iptc.subarray(start, start + length) : undefined;
    listed.push({ record: view.getUint8(at + 1), number: view.getUint8(at + 2), content });
    if (!isRead) break;
    at = start + length;
  }
  return listed;
}
