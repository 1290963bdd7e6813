import { type Bucket, isOfOneObject } from "../bucket/bucket.ts";
import { type FindingPlace, mendRecord, type VerifyFinding } from "../check/verify-finding.ts";
import { ImageError } from "../error.ts";

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
