import type { UnnamedFile } from "./source-files.ts";

/** Why an image has no master: a code for programs, a sentence for a person. */
export interface Failure {
  readonly code: string;
  readonly message: string;
}

/** A file that fails before anything is known of its image. */
export interface SourceFailure {
  readonly source: string;
  readonly bytesIn: number;
  readonly failure: Failure;
}

/** Returns the failure of a file whose name is not text. */
export function failUnnamed({ path, bytes }: UnnamedFile): SourceFailure {
  const message = `${path} has a name that is not UTF-8, so nothing can name the image. Rename it: convmv -f latin1 -t utf8 --notest FOLDER`;
  return { source: path, bytesIn: bytes, failure: { code: "unreadable", message } };
}
