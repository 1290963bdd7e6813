/**
 * Inflates a zlib stream that lies in parts, as far as the caller goes on asking: what is left when it stops is neither
 * inflated nor held. Rejects with the platform's TypeError where the stream is broken or cut off, and with what `parts` throws. Source: RFC 1950.
 */
export async function* inflate(parts: Iterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const stream = new DecompressionStream("deflate");
  const reader = stream.readable.getReader();
  // What is wrong with the stream shows on the reading side.
  const fed = feed(stream.writable.getWriter(), parts).catch(() => undefined);
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

/** Bytes that are handed to the inflater at once: it holds all that they come to, some thousand times as much at most. */
const fedBytes = 8192;

async function feed(writer: WritableStreamDefaultWriter<BufferSource>, parts: Iterable<Uint8Array>): Promise<void> {
  try {
    for (const part of parts) {
      for (let at = 0; at < part.byteLength; at += fedBytes) {
        await writer.write(part.subarray(at, at + fedBytes) as Uint8Array<ArrayBuffer>);
      }
    }
    await writer.close();
  } catch (fault) {
    // One of the parts: without this the reading side would wait for ever.
    await writer.abort(fault);
  }
}
