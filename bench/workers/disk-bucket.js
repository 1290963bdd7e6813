// Stands for an R2 bucket in the benchmark: the part of its interface that the Worker uses, over the files of a folder
// that workerd's disk service reads. It is bound as MASTERS and DERIVATIVES in place of workerd's own binding, which
// speaks R2's protocol to a second Worker and costs three times as much a read. Nothing that is put is kept.

class DiskBucket {
  #disk;
  /** Sizes and versions of files, once asked for: plain values. */
  #known = new Map();

  constructor(disk) {
    this.#disk = disk;
  }

  async head(key) {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const response = await this.#disk.fetch(urlOf(key), { method: "HEAD" });
    if (response.status !== 200) return null;
    const size = Number(response.headers.get("Content-Length"));
    const object = { key, size, etag: `${size.toString(16)}-${response.headers.get("Last-Modified")}` };
    this.#known.set(key, object);
    return object;
  }

  async get(key, { range, onlyIf } = {}) {
    const object = await this.head(key);
    if (object === null) return null;
    if (onlyIf?.etagMatches !== undefined && onlyIf.etagMatches !== object.etag) return object;
    const offset = range?.suffix === undefined ? (range?.offset ?? 0) : Math.max(0, object.size - range.suffix);
    const end = Math.min(object.size, offset + (range?.length ?? object.size));
    const response = await this.#disk.fetch(urlOf(key), { headers: { Range: `bytes=${offset}-${end - 1}` } });
    return { ...object, body: response.body, bytes: () => response.bytes() };
  }

  async put() {
    return {};
  }

  async delete() {}
}

function urlOf(key) {
  return `http://disk/${key.split("/").map(encodeURIComponent).join("/")}`;
}

/** Makes the binding; workerd calls this with the inner bindings. */
export default function bind({ DISK }) {
  return new DiskBucket(DISK);
}
