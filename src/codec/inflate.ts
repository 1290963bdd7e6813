/**
 * Inflates a zlib stream given in parts, as far as the caller keeps asking: what is left when it stops is neither
 * inflated nor held. `parts` is called again for another pass. Rejects with the platform's TypeError if the stream is
 * broken or cut off, after everything before the fault, and with what `parts` throws. Source: RFC 1950.
 */
export async function* inflate(parts: () => Iterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  let given = 0;
  let passed = 0;
  let fault: unknown;
  for (const fedBytes of feeds) {
    const progress: Progress = { from: passed, fedBytes, passed: 0 };
    let skipped = given;
    try {
      for await (const inflated of inflateOnce(parts(), progress)) {
        const fresh = inflated.subarray(Math.min(skipped, inflated.byteLength));
        skipped -= inflated.byteLength - fresh.byteLength;
        given += fresh.byteLength;
        if (fresh.byteLength > 0) yield fresh;
      }
      return;
    } catch (cause) {
      if (!(cause instanceof TypeError)) throw cause;
      fault = cause;
      passed = progress.passed;
    }
  }
  throw fault;
}

/**
 * Bytes that are passed to the inflater at once. It holds all their output, at most about a thousand times as much, and
 * the platform discards that together with a fault in them: bytes after the stream, or a wrong checksum. So there is
 * another pass, in smaller steps from there on, and a last one byte by byte. Output of well-compressed bytes that is
 * not taken by then is lost anyway.
 */
const feeds = [8192, 64, 1] as const;

/** How far a pass got. */
interface Progress {
  /** From this byte on, it proceeds in steps of `fedBytes`. */
  readonly from: number;
  readonly fedBytes: number;
  /** Where the failed step began. */
  passed: number;
}

async function* inflateOnce(parts: Iterable<Uint8Array>, progress: Progress): AsyncGenerator<Uint8Array, void> {
  const stream = new DecompressionStream("deflate");
  const reader = stream.readable.getReader();
  // Errors in the stream show on the reading side.
  const fed = feed(stream.writable.getWriter(), parts, progress).catch(() => undefined);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value as Uint8Array;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
    await fed;
  }
}

async function feed(
  writer: WritableStreamDefaultWriter<BufferSource>,
  parts: Iterable<Uint8Array>,
  progress: Progress,
): Promise<void> {
  const { from, fedBytes } = progress;
  let position = 0;
  try {
    for (const part of parts) {
      for (let at = 0; at < part.byteLength; ) {
        const step = position < from ? Math.min(feeds[0], from - position) : fedBytes;
        const piece = part.subarray(at, at + step);
        progress.passed = position;
        await writer.write(piece as Uint8Array<ArrayBuffer>);
        at += piece.byteLength;
        position += piece.byteLength;
      }
    }
    await writer.close();
  } catch (fault) {
    // An error from `parts`: without this the reading side would wait forever.
    await writer.abort(fault);
  }
}
