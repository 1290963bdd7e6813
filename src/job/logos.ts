import type { Bucket } from "../bucket/bucket.ts";
import type { StoredImage } from "../catalogue/stored-image.ts";
import type { Work } from "../catalogue/work.ts";
import { atOnce } from "./at-once.ts";
import { readImageFacts } from "./image-facts.ts";

/** Where logos of providers are looked for. */
export interface LogoRun {
  readonly masters: Bucket;
  /** Returns the key of the master of an image. */
  readonly keyOf: (identifier: string) => string | undefined;
  /** Identifiers of the logos of providers, by the URIs of these. */
  readonly logos: ReadonlyMap<string, string>;
}

/** The logos of a run. */
export interface Logos {
  /** Returns an object whose providers have their logos; that of a provider of the record stays where none is stored. */
  readonly addTo: (work: Work) => Promise<Work>;
  /** Says which are not stored, in a sentence each without a full stop. */
  readonly notes: () => readonly string[];
}

/** Finds the logos of providers, each once a run. */
export function findLogos({ masters, keyOf, logos }: LogoRun): Logos {
  const found = new Map<string, Promise<StoredImage | undefined>>();
  const missing = new Set<string>();
  const find = async (identifier: string): Promise<StoredImage | undefined> => {
    const key = keyOf(identifier);
    const facts = key === undefined ? undefined : await readImageFacts(masters, key);
    if (facts === undefined) missing.add(identifier);
    return facts && { identifier, width: facts.width, height: facts.height, sizes: facts.sizes };
  };
  return {
    async addTo(work) {
      if (work.provider === undefined) return work;
      const provider = await atOnce(work.provider, 1, async (given) => {
        const identifier = logos.get(given.uri);
        if (identifier === undefined) return given;
        const finding = found.get(identifier) ?? find(identifier);
        found.set(identifier, finding);
        const logo = await finding;
        return logo === undefined ? given : { ...given, logo };
      });
      return { ...work, provider };
    },
    notes: () => [...missing].map((identifier) => `the logo ${identifier} is not stored, and its provider has none`),
  };
}
