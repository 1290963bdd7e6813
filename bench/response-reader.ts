/**
 * Reads one HTTP/1.1 response as its bytes come, without keeping the body: its length and completeness are all that the
 * load test needs. Source: RFC 9112 §6, §7.
 */
export class ResponseReader {
  status = 0;
  /** Bytes of the body so far. */
  byteLength = 0;
  isWhole = false;
  isClosing = false;
  #head = "";
  #isChunked = false;
  /** Remaining bytes of the body, or of the chunk and the line end after it. */
  #left = -1;
  /** A chunk's size line that is not whole yet. */
  #line = "";
  #isLastChunk = false;

  /** Takes received bytes. Throws an Error for anything that is not a response. */
  take(bytes: Buffer): void {
    let at = 0;
    if (this.status === 0) {
      const before = this.#head.length;
      this.#head += bytes.toString("latin1");
      const end = this.#head.indexOf("\r\n\r\n");
      if (end === -1) return;
      at = end + 4 - before;
      this.#readHead(this.#head.slice(0, end + 2));
    }
    if (this.#isChunked) this.#takeChunks(bytes, at);
    else this.#takeBody(bytes.length - at);
  }

  #readHead(head: string): void {
    this.status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? Number.NaN);
    if (!(this.status > 0)) throw new Error("no status line");
    this.#isChunked = /\r\ntransfer-encoding: *chunked/i.test(head);
    this.isClosing = /\r\nconnection: *close/i.test(head);
    if (!this.#isChunked) this.#left = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
  }

  #takeBody(count: number): void {
    this.byteLength += count;
    this.#left -= count;
    this.isWhole = this.#left <= 0;
  }

  #takeChunks(bytes: Buffer, from: number): void {
    let at = from;
    while (at < bytes.length && !this.isWhole) {
      if (this.#left > 0) {
        const count = Math.min(this.#left, bytes.length - at);
        this.#left -= count;
        at += count;
        if (this.#left === 0 && this.#isLastChunk) this.isWhole = true;
        continue;
      }
      const end = bytes.indexOf(10, at);
      this.#line += bytes.toString("latin1", at, end === -1 ? bytes.length : end + 1);
      at = end === -1 ? bytes.length : end + 1;
      if (end === -1) return;
      const size = Number.parseInt(this.#line, 16);
      if (!(size >= 0)) throw new Error("no chunk size");
      this.#line = "";
      this.#isLastChunk = size === 0;
      this.byteLength += size;
      this.#left = size + 2;
    }
  }
}
