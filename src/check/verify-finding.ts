import type { ProblemCode } from "./report.ts";

/** The kinds of findings; those of a check are about the file of a master. */
export type VerifyCode =
  | ProblemCode
  | "unreadable"
  | "checksum-differs"
  | "size-differs"
  | "tiles-damaged"
  | "record-unreadable"
  | "record-size-differs"
  | "record-without-master"
  | "object-missing"
  | "page-missing"
  | "image-missing"
  | "image-size-differs"
  | "text-missing"
  | "attachment-missing"
  | "member-missing"
  | "collection-missing";

/** Something that is wrong with what is stored. */
export interface VerifyFinding {
  readonly code: VerifyCode;
  /** What it is about: an identifier, or the key of an object or a collection. */
  readonly kind: "image" | "object" | "collection";
  readonly name: string;
  /** Where it lies: `masters` or `catalogue`, and its key there. */
  readonly bucket: "masters" | "catalogue";
  readonly key: string;
  /** One or two sentences. */
  readonly message: string;
  /** A sentence that says what mends it. */
  readonly mend: string;
}

/** What a finding is about. */
export type FindingPlace = Pick<VerifyFinding, "kind" | "name" | "bucket" | "key">;

/** Says what mends the record of an image, an object or a collection. */
export function mendRecord(kind: VerifyFinding["kind"]): string {
  const again = { image: "the image", object: "the folder of the object", collection: "the table of collections" }[
    kind
  ];
  return `Ingest ${again} again, or put back the record from a backup.`;
}
