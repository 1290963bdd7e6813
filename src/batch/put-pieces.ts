import { answered, type Jobs } from "./jobs.ts";

/** Bytes of the parts of an object that is put as it is made: the fewest that R2 takes, all of one size but the last. */
export const putPartBytes = 5 << 20;

/** The keys in EXPORTS that an object is put under, and with what. */
export interface PieceKeys {
  readonly keys: readonly string[];
  readonly options: R2MultipartOptions;
}

/** An upload that has been begun. */
interface Begun {
  readonly key: string;
  readonly id: string;
  readonly parts: R2UploadedPart[];
}

/**
 * Puts an object under each of its keys as its pieces come, a part at a time, which is all that is held; at once where it is one
 * part. None of them is there before all pieces have come. Returns how many bytes it has. Throws what the pieces throw, and
 * `storage-failed`.
 */
export async function putPieces(
  jobs: Jobs,
  { keys, options }: PieceKeys,
  pieces: AsyncIterable<Uint8Array>,
): Promise<number> {
  const bucket = jobs.buckets.exports;
  const part = new Uint8Array(putPartBytes);
  const uploads: Begun[] = [];
  const uploadOf = ({ key, id }: Begun): R2MultipartUpload => bucket.resumeMultipartUpload(key, id);
  let filled = 0;
  let total = 0;
  const send = async (): Promise<void> => {
    const bytes = part.subarray(0, filled);
    for (const key of uploads.length === 0 ? keys : []) {
      const { uploadId: id } = await answered(jobs, () => bucket.createMultipartUpload(key, options));
      uploads.push({ key, id, parts: [] });
    }
    for (const upload of uploads) {
      const number = upload.parts.length + 1;
      upload.parts.push(await answered(jobs, () => uploadOf(upload).uploadPart(number, bytes)));
    }
    filled = 0;
  };
  try {
    for await (const piece of pieces) {
      total += piece.byteLength;
      for (let at = 0; at < piece.byteLength; ) {
        const taken = piece.subarray(at, at + putPartBytes - filled);
        part.set(taken, filled);
        filled += taken.byteLength;
        at += taken.byteLength;
        if (filled === putPartBytes) await send();
      }
    }
    if (uploads.length === 0) {
      const bytes = part.subarray(0, filled);
      for (const key of keys) await answered(jobs, () => bucket.put(key, bytes, options));
      return total;
    }
    if (filled > 0) await send();
    for (const upload of uploads) await answered(jobs, () => uploadOf(upload).complete(upload.parts));
    return total;
  } catch (error) {
    for (const upload of uploads) await giveUp(jobs, () => uploadOf(upload).abort());
    throw error;
  }
}

/** What is left of an upload lapses after seven days. Source: Cloudflare R2, multipart upload. */
async function giveUp(jobs: Jobs, abort: () => Promise<void>): Promise<void> {
  try {
    await answered(jobs, abort);
  } catch (error) {
    jobs.log({ level: "warn", message: "an upload was not given up", cause: String(error) });
  }
}
