import { createHash } from "node:crypto";

/** Stands for the DigestStream of workerd, which Node does not have: caches compare with it what they have kept. */
class DigestStream extends WritableStream<Uint8Array> {
  readonly digest: Promise<ArrayBuffer>;

  constructor(_algorithm: "SHA-256") {
    const hash = createHash("sha256");
    const { promise, resolve } = Promise.withResolvers<ArrayBuffer>();
    super({
      write: (bytes) => {
        hash.update(bytes);
      },
      close: () => resolve(Uint8Array.from(hash.digest()).buffer),
    });
    this.digest = promise;
  }
}

Object.assign(crypto, { DigestStream });
