import { digest } from "./digest.ts";
import type { CacheTier, KeptBytes } from "./tier.ts";

/** What tells one derivative from another. */
export interface DerivativeName {
  readonly identifier: string;
  /** Etag of the master: a replaced master never meets old pixels. */
  readonly masterVersion: string;
  /** Canonical request as 3.0 writes it. */
  readonly canonical: string;
  /** What else changes bytes: the JPEG quality, and the size that `max` came to under the limits. */
  readonly settings: string;
}

/** Changes with anything else that changes pixels or bytes of derivatives: kernels, filters, tables. */
const renderVersion = 2;

/** The tiers that keep derivatives, nearest first. */
export interface DerivativeCache {
  readonly edge: CacheTier;
  readonly bucket: CacheTier;
}

/** Returns the key of a derivative, which is all of its entity tag too; one image's keys share a prefix. Never throws. */
export async function derivativeKey({
  identifier,
  masterVersion,
  canonical,
  settings,
}: DerivativeName): Promise<string> {
  const image = await digest(identifier);
  const render = await digest([renderVersion, masterVersion, canonical, settings].join("\n"));
  return `derivatives/${image}/${render}`;
}

/**
 * Looks a derivative up, in the bucket only when it `isStored` there. What the bucket answers is put at the edge.
 * Never throws: a tier that fails is a miss.
 */
export async function findDerivative(
  cache: DerivativeCache,
  key: string,
  { isStored, defer }: { readonly isStored: boolean; readonly defer: (work: Promise<unknown>) => void },
): Promise<{ readonly kept: KeptBytes; readonly tier: "edge" | "bucket" } | undefined> {
  const near = await cache.edge.get(key);
  if (near !== undefined) return { kept: near, tier: "edge" };
  const far = isStored ? await cache.bucket.get(key) : undefined;
  if (far === undefined) return undefined;
  defer(cache.edge.put(key, far));
  return { kept: far, tier: "bucket" };
}

/** Keeps a derivative at the edge, and in the bucket when it `isStored` there. Never throws. */
export async function keepDerivative(
  cache: DerivativeCache,
  key: string,
  { kept, isStored }: { readonly kept: KeptBytes; readonly isStored: boolean },
): Promise<void> {
  await Promise.all([cache.edge.put(key, kept), ...(isStored ? [cache.bucket.put(key, kept)] : [])]);
}
