/** Bytes with their media type, as a cache keeps them. */
export interface KeptBytes {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
}

/** One place that keeps bytes by key. A tier that fails is a miss: nothing here ever throws. */
export interface CacheTier {
  get(key: string): Promise<KeptBytes | undefined>;
  put(key: string, kept: KeptBytes): Promise<void>;
  delete(key: string): Promise<void>;
}

/** Returns the same tier with its failures turned into misses, each told to `report`. */
export function forgiving(tier: CacheTier, report: (cause: unknown) => void): CacheTier {
  const attempt = async <T>(call: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await call();
    } catch (cause) {
      report(cause);
      return undefined;
    }
  };
  return {
    get: (key) => attempt(() => tier.get(key)),
    put: (key, kept) => attempt(() => tier.put(key, kept)),
    delete: (key) => attempt(() => tier.delete(key)),
  };
}
