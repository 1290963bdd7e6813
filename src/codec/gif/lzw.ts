/** Most codes of a table. Source: GIF89a appendix F. */
const mostCodes = 4096;

/** Places of the hash table, of which at most `mostCodes` are taken. */
const hashPlaces = 1 << 14;

/** Most bytes of a block of data. */
const blockBytes = 255;

/** Compresses indexes to the data of a GIF image, some at a time. Source: GIF89a §22, appendix F. */
export class GifCompressor {
  readonly #codeBits: number;
  readonly #clear: number;
  /** A code and the index after it, plus 1, and the code that both are together. */
  readonly #keys = new Int32Array(hashPlaces);
  readonly #codes = new Uint16Array(hashPlaces);
  #bytes: Uint8Array;
  #end = 1;
  /** Where the length of the block under way is. */
  #block = 1;
  #bits = 0;
  #bitCount = 0;
  #width: number;
  #next: number;
  #prefix = -1;

  /** `codeBits` is how many bits an index has, 2 to 8, and `indexCount` how many will come. */
  constructor(codeBits: number, indexCount: number) {
    this.#codeBits = codeBits;
    this.#clear = 1 << codeBits;
    this.#width = codeBits + 1;
    this.#next = this.#clear + 2;
    // No code stands for less than one index, none takes more than 12 bits, and a table is cleared by one now and then.
    const dataBytes = Math.ceil(indexCount * 1.501) + 64;
    this.#bytes = new Uint8Array(dataBytes + Math.ceil(dataBytes / blockBytes) + 8);
    this.#bytes[0] = codeBits;
    this.#openBlock();
    this.#put(this.#clear);
  }

  /** Takes the next indexes. */
  write(indexes: Uint8Array): void {
    let prefix = this.#prefix;
    for (const index of indexes) {
      if (prefix < 0) {
        prefix = index;
        continue;
      }
      const key = ((prefix << 8) | index) + 1;
      let place = (Math.imul(key, 0x9e3779b1) >>> 18) & (hashPlaces - 1);
      while (this.#keys[place] !== 0 && this.#keys[place] !== key) place = (place + 1) & (hashPlaces - 1);
      if (this.#keys[place] === key) {
        prefix = this.#codes[place]!;
        continue;
      }
      this.#put(prefix);
      prefix = index;
      this.#add(place, key);
    }
    this.#prefix = prefix;
  }

  /** Ends the data and returns it, from the size of its codes to the block that ends it. */
  finish(): Uint8Array {
    if (this.#prefix >= 0) this.#put(this.#prefix);
    // Decoders add a code after the last one too, though there is none to add here.
    this.#widen();
    this.#put(this.#clear + 1);
    if (this.#bitCount > 0) this.#putByte(this.#bits & 255);
    const length = this.#end - this.#block - 1;
    this.#bytes[this.#block] = length;
    // An empty block ends the data: the one under way if nothing is in it.
    if (length > 0) this.#end += 1;
    return this.#bytes.subarray(0, this.#end);
  }

  #add(place: number, key: number): void {
    if (this.#next === mostCodes) {
      this.#put(this.#clear);
      this.#keys.fill(0);
      this.#width = this.#codeBits + 1;
      this.#next = this.#clear + 2;
      return;
    }
    this.#keys[place] = key;
    this.#codes[place] = this.#next;
    this.#widen();
    this.#next += 1;
  }

  /** Decoders are one code behind: the first code that needs another bit is put after the next one was added. */
  #widen(): void {
    if (this.#next === 1 << this.#width && this.#next < mostCodes) this.#width += 1;
  }

  #put(code: number): void {
    this.#bits |= code << this.#bitCount;
    this.#bitCount += this.#width;
    while (this.#bitCount >= 8) {
      this.#putByte(this.#bits & 255);
      this.#bits >>>= 8;
      this.#bitCount -= 8;
    }
  }

  #putByte(byte: number): void {
    if (this.#end - this.#block === blockBytes + 1) {
      this.#bytes[this.#block] = blockBytes;
      this.#openBlock();
    }
    this.#bytes[this.#end] = byte;
    this.#end += 1;
  }

  #openBlock(): void {
    this.#block = this.#end;
    this.#end += 1;
  }
}
