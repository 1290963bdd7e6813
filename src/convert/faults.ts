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

/** What libvips says when its build lacks a codec or does not support a layout. */
const beyondLibvips =
  /not configured|not supported|unsupported|built without|can ?not handle|not a whole number of bytes|no .*(?:loader|codec)|bad labq/i;

function ofLibvips(
  cause: unknown,
  { file, message }: { readonly file: string; readonly message: string },
): IngestError {
  const line = firstLine(message);
  const isHeader = /contains unsupported image format/.test(message);
  if (beyondLibvips.test(message) && !isHeader) {
    return new IngestError(
      "unsupported",
      `${file} can't be decoded: ${line}. Convert it first to a TIFF with 8 or 16 bits, with a program that can read it.`,
      { cause },
    );
  }
  return new IngestError("damaged", `${file} is damaged: ${line}. Replace it with an intact copy.`, { cause });
}

/** libvips reports a fault once for each thread that hit it; sharp puts a sentence of its own before a warning. */
function firstLine(message: string): string {
  const lines = message.split("\n").map((line) => line.trim().replace(/[.:]+$/, ""));
  const told = lines.find((line) => line !== "" && !line.startsWith("Warning treated as error"));
  return told ?? "libvips gives no reason";
}
