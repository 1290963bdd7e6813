/** What the headers of a kept response say of its body; null if they are missing. */
export interface KeptFacts {
  /** Length in bytes and SHA-256 as they were written when it was kept. */
  readonly length: string | null;
  readonly sha256: string | null;
  /** Length that the cache itself states, in bytes; undefined if it states none. */
  readonly statedBytes: number | undefined;
}

const lengthHeader = "X-Kept-Length";
const checksumHeader = "X-Kept-Sha256";

/** Returns the response that keeps a body in the Cache API for `maxAgeSeconds`. */
export function keptResponse(
  body: BodyInit,
  {
    byteLength,
    sha256,
    mediaType,
    maxAgeSeconds,
  }: {
    readonly byteLength: number;
    readonly sha256: string;
    readonly mediaType: string;
    readonly maxAgeSeconds: number;
  },
): Response {
  const headers = {
    "Content-Type": mediaType,
    "Cache-Control": `public, max-age=${maxAgeSeconds}`,
    [lengthHeader]: String(byteLength),
    [checksumHeader]: sha256,
  };
  return new Response(body, { headers });
}

/** Reads what `keptResponse` wrote. */
export function readKeptFacts({ headers }: Response): KeptFacts {
  const length = headers.get("Content-Length");
  return {
    length: headers.get(lengthHeader),
    sha256: headers.get(checksumHeader),
    statedBytes: length === null ? undefined : Number(length),
  };
}
