import { ImageError } from "../error.ts";
import { IngestError } from "../node/ingest-error.ts";

const codesOfFullDisk = ["ENOSPC", "EDQUOT", "EFBIG"];
const codesOfTarget = ["EACCES", "EPERM", "EROFS", "ENOENT", "EISDIR", "EEXIST", "ENOTDIR", "EIO"];

/** Returns the IngestError for what libvips, the system or this service's own reader threw while working on `file`. */
export function ingestErrorOf(cause: unknown, file: string): IngestError {
  if (cause instanceof IngestError) return cause;
  if (cause instanceof ImageError) return ofReader(cause, file);
  const message = cause instanceof Error ? cause.message : String(cause);
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  if (cause instanceof Error && cause.name === "AbortError") return stopped(file);
  if (codesOfFullDisk.includes(code) || /no space left|disk full|write error|wbuffer_write/i.test(message)) {
    return new IngestError(
      "disk-full",
      `The disk is full: the master of ${file} can't be written. Free some space and run again.`,
      {
        cause,
      },
    );
  }
  if (codesOfTarget.includes(code) || /unable to open for write/i.test(message)) {
    return new IngestError("write-failed", `The master of ${file} can't be written: ${firstLine(message)}`, { cause });
  }
  return ofLibvips(cause, { file, message });
}

/** Returns the error for work that was stopped from outside. */
export function stopped(file: string): IngestError {
  return new IngestError("stopped", `The work on ${file} was stopped; nothing was kept.`);
}

function ofReader(cause: ImageError, file: string): IngestError {
  const code = cause.code === "source-unsupported" ? "unsupported" : "damaged";
  const detail = cause.detail === undefined ? "" : ` (${cause.detail})`;
  return new IngestError(code, `${file}: ${cause.message}${detail}`, { cause });
}

/** What libvips and its decoders say of compressed data that is cut off or changed. */
const damagedData =
  /corrupt|premature|bogus|crc|decoding error|not enough (?:data|input)|unexpected end|truncated|cut off|(?:read|seek) error(?! accessing)|unable to (?:decode|read|parse)|not defined|not yet in table|bad code word|line length mismatch|uncompressed data|to avoid buffer overrun|adaptive filter|invalid (?:bit length|block|code|distance|frame|input|literal|stored|window)|incorrect (?:data|header|length) check|getinfo\(\) failed|blob dimension|marker type/i;

/** What libvips says when its build lacks a codec or does not support a layout. */
const beyondLibvips =
  /not configured|not supported|unsupported|built without|can ?not handle|not a whole number of bytes|no .*(?:loader|codec)|bad labq/i;

/** What sharp says of a header that libvips does not take, whatever the reason. */
const headerPrefix = /Input \S+ (?:has corrupt header:?|contains unsupported image format)/g;

/**
 * What an error of libvips says of the file: `damaged` or `unsupported`; `unclear` where only a reading of the file can
 * tell, as for warnings about tags and words of libvips' own.
 */
export type Verdict = "damaged" | "unsupported" | "unclear";

/** Reads what an error of libvips says of the file. */
export function judgeLibvips(cause: unknown): Verdict {
  // What this project says of a file is no word of libvips.
  if (cause instanceof IngestError) return "unsupported";
  const message = reasonOfLibvips(cause);
  if (damagedData.test(message)) return "damaged";
  return beyondLibvips.test(message) ? "unsupported" : "unclear";
}

/** Returns the line in an error of libvips that says what is wrong. */
export function reasonOfLibvips(cause: unknown): string {
  return firstLine((cause instanceof Error ? cause.message : String(cause)).replace(headerPrefix, ""));
}

/** Returns the error for a file that libvips would not read as it is, which `what` says. */
export function beyondReach(file: string, what: string): IngestError {
  return new IngestError("unsupported", `${file} ${what}, which libvips can't read. ${convertFirst}`);
}

const convertFirst = "Convert it first to a TIFF with 8 or 16 bits, with a program that can read it.";

function ofLibvips(
  cause: unknown,
  { file, message }: { readonly file: string; readonly message: string },
): IngestError {
  const line = firstLine(message);
  const verdict = judgeLibvips(cause);
  // The first bytes say what the file is: a header that libvips does not take for unsaid reasons is a broken one.
  const isHeader = verdict === "unclear" && message.search(headerPrefix) >= 0;
  if (verdict === "damaged" || isHeader) {
    return new IngestError("damaged", `${file} is damaged: ${line}. Replace it with an intact copy.`, { cause });
  }
  return new IngestError("unsupported", `${file} can't be decoded: ${line}. ${convertFirst}`, { cause });
}

/** A link, a tag or a tile lies past the end: which of them, only a line after it tells. */
const pastEnd = /bad seek to/;

/** libvips reports a fault once for each thread that hit it; sharp puts a sentence of its own before a warning. */
function firstLine(message: string): string {
  const lines = message.split("\n").map((line) => line.trim().replace(/[.:]+$/, ""));
  const told = lines.filter((line) => line !== "" && !line.startsWith("Warning treated as error"));
  return told.find((line) => !pastEnd.test(line)) ?? told[0] ?? "libvips gives no reason";
}
