import type { ImageRecord } from "../catalogue/image-records.ts";
import { formatSheetPlace, type SheetPlace } from "../catalogue/sheet-place.ts";
import type { NamedRecords } from "./read-records.ts";

/** Pairs images with the rows of a CSV file, and knows which rows are left over. */
export interface RecordPairing {
  /**
   * Returns the record of an image by its path from the folder that was named or its identifier, which is undefined where
   * the image gets none: rows left over may then be its.
   */
  readonly take: (relative: string, identifier: string | undefined) => ImageRecord | undefined;
  /** Says that a file may have more images than are known. */
  readonly doubt: () => void;
  /** Sentences on rows that no image was found for: faults, or warnings where that is in doubt. */
  readonly leftOver: () => { readonly faults: readonly string[]; readonly warnings: readonly string[] };
}

/** Rows that are told one by one; of more it is said how many. */
const toldRows = 100;

/** Starts to pair images with records; without records nothing is paired and nothing left over. */
export function pairRecords(records: NamedRecords | undefined): RecordPairing {
  const unused = new Map<string, SheetPlace>();
  for (const [name, { place }] of records?.rows ?? []) unused.set(name, place);
  const offered = new Map<string, string>();
  let isInDoubt = false;
  return {
    take(relative, identifier) {
      const name = records?.column === "file" ? relative.normalize("NFC") : identifier;
      if (name === undefined) {
        isInDoubt = true;
        return undefined;
      }
      offered.set(foldPath(name), name);
      unused.delete(name);
      return records?.rows.get(name)?.record;
    },
    doubt() {
      // The rows of a file are its own, however many pages it has.
      if (records?.column === "identifier") isInDoubt = true;
    },
    leftOver() {
      const rows = [...unused];
      const sentences = rows.slice(0, toldRows).map(([name, place]) => {
        const other = offered.get(foldPath(name));
        const meant = other === undefined || other === name ? "" : `; did you mean ${other}?`;
        return `${records?.name}: ${formatSheetPlace(place)}: there is no image ${name}${meant}`;
      });
      if (rows.length > toldRows) sentences.push(`${records?.name}: ${rows.length - toldRows} more rows have no image`);
      return isInDoubt ? { faults: [], warnings: sentences } : { faults: sentences, warnings: [] };
    },
  };
}

/** What paths have in common that differ as spreadsheets and systems spell them: case, slashes, `./`, the extension. */
function foldPath(path: string): string {
  return path
    .toLowerCase()
    .replaceAll("\\", "/")
    .replace(/^\.?\/+/, "")
    .replace(/\.[^./]*$/, "");
}
