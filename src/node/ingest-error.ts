/**
 * Every way a file can fail to become a master. `unreadable`: it can't be opened; `not-an-image`: its format is
 * unknown; `unsupported`: its format is known but not supported; `damaged`: cut off or broken; `setting-impossible`:
 * the settings contradict each other or the image; `not-repackable`: it must be converted instead; `disk-full`,
 * `write-failed`: the target; `not-verified`: what was written is not what was meant; `stopped`: from outside.
 */
export type IngestErrorCode =
  | "unreadable"
  | "not-an-image"
  | "unsupported"
  | "damaged"
  | "setting-impossible"
  | "not-repackable"
  | "disk-full"
  | "write-failed"
  | "not-verified"
  | "stopped";

/** The error of one file: `code` for programs, `message` a sentence that tells a person what to do. */
export class IngestError extends Error {
  readonly code: IngestErrorCode;

  constructor(code: IngestErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = "IngestError";
    this.code = code;
  }
}
