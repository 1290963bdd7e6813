import type { Clock } from "../budget/clock.ts";
import type { Lease } from "../budget/lease.ts";
import type { MemoryBudget } from "../budget/memory-budget.ts";
import { whileRenewing } from "../budget/renewal.ts";
import { sha256 } from "../digest.ts";
import { derivativeRoot, type MasterName, type MasterPlaces } from "../identity/master-name.ts";
import { maxKeptBytes } from "../limits.ts";
import type { Copying } from "./copying.ts";
import type { IsolateCache } from "./isolate.ts";
import { sealOf } from "./seal.ts";
import type { Storing } from "./storing.ts";
import {
  type Asking,
  type BucketTier,
  type CacheTier,
  type Hold,
  holdNothing,
  type KeptBody,
  type KeptName,
} from "./tier.ts";

/** What makes a picture what it is. */
export interface PictureFacts {
  /** The stored file and its page: identifiers that mean the same image share its pictures. */
  readonly master: MasterName & { readonly places: MasterPlaces };
  /** Etag of the master: a replaced master never meets old pixels. */
  readonly masterVersion: string;
  /** Canonical request as 3.0 writes it. */
  readonly canonical: string;
  /** What else changes bytes: the JPEG quality, and the size that `max` came to under the limits. */
  readonly settings: string;
  readonly mediaType: string;
}

/** Where a picture is kept, and what is written on it. */
export interface PicturePlaces {
  readonly edge: KeptName;
  /** One of the slots of its master: the pictures of one file never take more, however many are asked for at once. */
  readonly bucket: KeptName;
  readonly mediaType: string;
  /** What is written on a stored picture, for those who list them. */
  readonly labels: Readonly<Record<"key" | "page" | "etag" | "request" | "settings" | "picture", string>>;
}

/** Changes with anything else that changes pixels or bytes of derivatives: kernels, filters, tables, which levels are used. */
export const renderVersion = 8;

/** Says where the caches keep a picture, by one digest; its master has `picturesPerMaster` slots in the bucket. */
export async function placePicture(facts: PictureFacts, picturesPerMaster: number): Promise<PicturePlaces> {
  const { master, masterVersion, canonical, settings, mediaType } = facts;
  const { key, places } = master;
  const page = String(master.page);
  const picture = await sha256([renderVersion, key, page, masterVersion, canonical, settings].join("\n"));
  const slot = Number.parseInt(picture.slice(0, 8), 16) % picturesPerMaster;
  return {
    edge: { key: `${derivativeRoot}${picture}` },
    bucket: { key: `${places.derivativePrefix}${slot}`, picture },
    mediaType,
    labels: { key, page, etag: masterVersion, request: canonical, settings, picture },
  };
}

/** What an isolate remembers of a picture. */
export interface KnownDerivative {
  /** When it was drawn here, in seconds since 1970. */
  readonly drawnAt: number;
  readonly isStored: boolean;
}

/** The tiers that keep derivatives, nearest first, and what decides between them. */
export interface DerivativeCache {
  readonly edge: CacheTier;
  readonly bucket: BucketTier;
  readonly known: IsolateCache<KnownDerivative>;
  readonly copying: Copying;
  /** Where the memory comes from that bodies are held in while they are looked at or stored. */
  readonly budget: MemoryBudget;
  readonly clock: Clock;
}

/** What an entry of `known` takes, in bytes: a key of 76 characters, two values, and the map around them. */
const knownBytes = 256;

const secondsOfDay = 86_400;

/**
 * Looks a derivative up, in the bucket only if it may be stored there. What the bucket answers is put at the edge;
 * what the edge answers was asked for again, and is put into the bucket.
 */
export async function findDerivative(
  cache: DerivativeCache,
  places: PicturePlaces,
  { storing, defer }: { readonly storing: Storing } & Pick<Asking, "defer">,
): Promise<{ readonly kept: KeptBody; readonly tier: "edge" | "bucket" } | undefined> {
  const near = await cache.edge.get(places.edge, { hold: holdIn(cache), defer });
  const known = cache.known.get(places.edge.key);
  if (near !== undefined) {
    if (storing !== "never" && known?.isStored !== true) {
      copyOnce(cache, places, { defer, copy: () => storeFromEdge(cache, places, { kept: near, defer }) });
    }
    return { kept: near, tier: "edge" };
  }
  if (storing === "never") return undefined;
  const far = await cache.bucket.get(places.bucket, { hold: holdIn(cache), defer });
  // Another picture may have taken the slot since.
  if (known !== undefined) remember(cache, places, { ...known, isStored: far !== undefined });
  if (far === undefined) return undefined;
  copyOnce(cache, places, { defer, copy: () => keepFromBucket(cache, places, { kept: far, defer }) });
  return { kept: far, tier: "bucket" };
}

/** A picture to keep. */
export interface DrawnPicture {
  readonly bytes: Uint8Array;
  readonly storing: Storing;
  /** What the bytes are held in already; it is released when they are kept. */
  readonly lease?: Lease;
}

/**
 * Keeps a derivative at the edge, and in the bucket if it is time. One above `maxKeptBytes` is not kept, nor one
 * for which there is no memory while it is sent there.
 */
export async function keepDerivative(
  cache: DerivativeCache,
  places: PicturePlaces,
  { bytes, storing, lease = cache.budget.tryTake("copies", bytes.byteLength) }: DrawnPicture,
): Promise<void> {
  try {
    const isDue = storing === "at-once" || (storing === "when-asked-again" && wasDrawnToday(cache, places));
    const drawnAt = secondsOf(cache);
    // Before anything is waited for: a request at the same time is the second one.
    if (storing !== "never") remember(cache, places, { drawnAt, isStored: false });
    if (lease === undefined || bytes.byteLength > maxKeptBytes) return;
    const { mediaType, labels } = places;
    const content = { ...(await sealOf(bytes)), mediaType, labels, body: bytes };
    const [, isStored] = await whileRenewing(cache.clock, lease, () =>
      Promise.all([cache.edge.put(places.edge, content), isDue && cache.bucket.put(places.bucket, content)]),
    );
    if (isStored) remember(cache, places, { drawnAt, isStored });
  } finally {
    lease?.release();
  }
}

function wasDrawnToday(cache: DerivativeCache, { edge }: PicturePlaces): boolean {
  const drawnAt = cache.known.get(edge.key)?.drawnAt;
  return drawnAt !== undefined && Math.abs(secondsOf(cache) - drawnAt) < secondsOfDay;
}

/** Seconds since 1970. */
function secondsOf({ clock }: DerivativeCache): number {
  return clock.now() / 1000;
}

/** Bodies of tiers are held if there is room for them at once, else streamed: nobody waits. */
function holdIn({ budget }: Pick<DerivativeCache, "budget">): Hold {
  return (byteLength) => budget.tryTake("copies", byteLength);
}

function remember({ known }: DerivativeCache, { edge }: PicturePlaces, derivative: KnownDerivative): void {
  known.set(edge.key, derivative, knownBytes);
}

/** Copies a picture after the answer, unless another request is at it. */
function copyOnce(
  cache: DerivativeCache,
  { edge }: PicturePlaces,
  { defer, copy }: { readonly copy: () => Promise<void> } & Pick<Asking, "defer">,
): void {
  const { copying } = cache;
  if (copying.begin(edge.key, secondsOf(cache))) defer(copy().finally(() => copying.end(edge.key)));
}

/** A body that is kept, and what lets work go on after the answer. */
type Found = { readonly kept: KeptBody } & Pick<Asking, "defer">;

async function storeFromEdge(cache: DerivativeCache, places: PicturePlaces, { kept, defer }: Found): Promise<void> {
  const isStored =
    (await cache.bucket.holds(places.bucket)) ||
    (await copyBody(cache, kept, {
      read: () => cache.edge.get(places.edge, { hold: holdNothing, defer }),
      put: (copied) =>
        cache.bucket.put(places.bucket, { ...copied, mediaType: places.mediaType, labels: places.labels }),
    }));
  remember(cache, places, { drawnAt: secondsOf(cache), isStored });
}

async function keepFromBucket(cache: DerivativeCache, places: PicturePlaces, { kept, defer }: Found): Promise<void> {
  await copyBody(cache, kept, {
    read: () => cache.bucket.get(places.bucket, { hold: holdNothing, defer }),
    put: (copied) => cache.edge.put(places.edge, { ...copied, mediaType: places.mediaType, labels: places.labels }),
  });
}

/**
 * Puts what one tier answered into the other, and says whether it is there. A stream goes to the client: the copy is read
 * once more, so that no body is held for two readers. The same goes for a body that there is no memory to hold any longer.
 */
async function copyBody(
  { budget, clock }: DerivativeCache,
  kept: KeptBody,
  {
    read,
    put,
  }: { readonly read: () => Promise<KeptBody | undefined>; readonly put: (body: KeptBody) => Promise<boolean> },
): Promise<boolean> {
  const lease = kept.body instanceof Uint8Array ? budget.tryTake("copies", kept.byteLength) : undefined;
  if (lease === undefined) {
    const again = await read();
    return again !== undefined && put(again);
  }
  try {
    return await whileRenewing(clock, lease, () => put(kept));
  } finally {
    lease.release();
  }
}
