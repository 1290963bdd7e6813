import type { Bucket } from "../bucket/bucket.ts";
import { checkedBytes, sha256Of } from "../bucket/upload.ts";
import { formatPageLines, pageLinesKey, textFileKey, textFileName } from "../catalogue/page-text.ts";
import type { Page, PageText } from "../catalogue/work.ts";
import { maxCatalogueRecordBytes } from "../limits.ts";
import { readText, type TextFile } from "../text/read-text.ts";

/** The text of a page, before it is stored. */
export interface PageTextSource {
  /** The key of the object. */
  readonly object: string;
  readonly page: Pick<Page, "key" | "width" | "height">;
  readonly file: TextFile;
  /** A tag of BCP 47 that counts in place of what the file says. */
  readonly language?: string | undefined;
}

/** What became of the text of a page: what the record of its object has to say of it, or why there is none. */
export type PageTextOutcome =
  | { readonly kind: "stored" | "kept"; readonly text: PageText; readonly lines: number }
  | { readonly kind: "fault"; readonly fault: string };

const contentTypes: Readonly<Record<PageText["format"], string>> = {
  alto: "application/xml",
  hocr: "text/html",
  plain: "text/plain",
};

/** Changes when texts are read in another way, so that all are stored again. */
const readingVersion = "1";

/**
 * Reads the file of a page's text and stores it in the catalogue, with its lines beside it; what is there already from the
 * same file is kept. The file goes first: who finds lines finds their file. The record of the object is not written here:
 * it has to take `text` over. Throws BucketError.
 */
export async function storePageText(catalogue: Bucket, source: PageTextSource): Promise<PageTextOutcome> {
  const { object, page, file } = source;
  const { key, width, height } = page;
  const reading = readText(file, page);
  if (reading.kind === "fault") return reading;
  const { format, lines } = reading;
  const language = source.language ?? reading.language;
  const name = textFileName(key, format);
  const text: PageText = { format, file: name, ...(language === undefined ? {} : { language }) };
  const record = formatPageLines({ width, height, ...text, lines });
  if (record.byteLength > maxCatalogueRecordBytes) {
    return {
      kind: "fault",
      fault: `Its lines take ${record.byteLength} bytes, and may take ${maxCatalogueRecordBytes}`,
    };
  }
  const version = sha256Of(Buffer.concat([Buffer.from(`${readingVersion} `), file.bytes, record])).slice(0, 32);
  const recordName = pageLinesKey({ object, page: key });
  const stored = await catalogue.head(recordName);
  const outcome = { text: { ...text, version }, lines: lines.length };
  if (stored?.metadata.version === version) return { kind: "kept", ...outcome };
  const contentType = contentTypes[format];
  const fileMetadata = { sha256: sha256Of(file.bytes) };
  await catalogue.put(textFileKey(object, name), checkedBytes(file.bytes), { contentType, metadata: fileMetadata });
  const metadata = { version, sha256: sha256Of(record) };
  await catalogue.put(recordName, checkedBytes(record), { contentType: "application/json", metadata });
  return { kind: "stored", ...outcome };
}
