import { type Bucket, isOfOneObject } from "../bucket/bucket.ts";
import type { ProblemCode } from "../check/report.ts";
import { ImageError } from "../error.ts";

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

/**
 * Returns what work finds, and what is wrong with the one thing that it could not read. Throws BucketError when a bucket
 * can't be used at all, and the errors of programs.
 */
export async function findingsOf(
  place: FindingPlace,
  work: () => Promise<readonly VerifyFinding[]>,
): Promise<readonly VerifyFinding[]> {
  try {
    return await work();
  } catch (error) {
    return [{ ...place, ...readingFault(place, error) }];
  }
}

function readingFault({ kind }: FindingPlace, error: unknown): Pick<VerifyFinding, "code" | "message" | "mend"> {
  if (error instanceof ImageError && error.code === "record-malformed") {
    const message = `Its record can't be read: ${error.detail ?? error.message}.`;
    return { code: "record-unreadable", message, mend: mendRecord(kind) };
  }
  if (!isOfOneObject(error)) throw error;
  return {
    code: "unreadable",
    message: error.message,
    mend: "Run the command again; if it fails again, store it again.",
  };
}

/** Says what mends the record of an image, an object or a collection. */
export function mendRecord(kind: VerifyFinding["kind"]): string {
  const again = { image: "the image", object: "the folder of the object", collection: "the table of collections" }[
    kind
  ];
  return `Ingest ${again} again, or put back the record from a backup.`;
}

/** Says whether objects are in a bucket; remembers some of the last that were asked for. */
export class Presence {
  readonly #bucket: Bucket;
  readonly #known = new Map<string, Promise<boolean>>();

  constructor(bucket: Bucket) {
    this.#bucket = bucket;
  }

  /** Throws BucketError. */
  has(key: string): Promise<boolean> {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#known.size >= mostRemembered) this.#known.clear();
    const asked = this.#bucket.head(key).then((object) => object !== undefined);
    this.#known.set(key, asked);
    asked.catch(() => this.#known.delete(key));
    return asked;
  }
}

const mostRemembered = 10_000;
