/**
 * Returns the same stream as one of a stated length: R2 takes no other, and only then does the platform send
 * Content-Length, whatever the headers say. A stream that breaks off still does. It must be the last in a row of pipes.
 */
export function ofLength(
  body: ReadableStream<Uint8Array>,
  byteLength: number,
  signal?: AbortSignal,
): ReadableStream<Uint8Array> {
  return body.pipeThrough(new FixedLengthStream(byteLength), signal === undefined ? {} : { signal });
}
