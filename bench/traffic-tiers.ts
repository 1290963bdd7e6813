import type { Config } from "../src/config.ts";
import { cpuMilliseconds } from "../src/operation/view-forecast.ts";
import { LruCache } from "./traffic-lru.ts";
import type { PlannedRequest } from "./traffic-requests.ts";

/** What is assumed of the caches that the platform runs: it tells nobody how large they are. */
export interface TierAssumptions {
  /** The part of the requests that each data centre gets. */
  readonly dataCentres: readonly number[];
  /** What a data centre, and the upper tier of all, keep of this service, in bytes. */
  readonly lowerBytes: number;
  readonly upperBytes: number;
  /** What the Cache API keeps of it in a data centre, in bytes. */
  readonly edgeBytes: number;
}

/** What was counted. */
export interface TrafficCounts {
  requests: number;
  lowerHits: number;
  upperHits: number;
  /** Requests that the Worker answered, those that made a stale answer fresh included. */
  runs: number;
  edgeAsked: number;
  edgeHits: number;
  bucketAsked: number;
  bucketHits: number;
  heads: number;
  openings: number;
  reads: number;
  classB: number;
  classA: number;
  cpuMilliseconds: number;
  bytesSent: number;
}

/** Returns counts of nothing. */
export function noCounts(): TrafficCounts {
  return {
    requests: 0,
    lowerHits: 0,
    upperHits: 0,
    runs: 0,
    edgeAsked: 0,
    edgeHits: 0,
    bucketAsked: 0,
    bucketHits: 0,
    heads: 0,
    openings: 0,
    reads: 0,
    classB: 0,
    classA: 0,
    cpuMilliseconds: 0,
    bytesSent: 0,
  };
}

/** A request of somebody: of which image, where, and when, in seconds. */
export interface Visit {
  readonly image: number;
  readonly request: PlannedRequest;
  readonly dataCentre: number;
  readonly at: number;
}

/** Requests of one image have numbers below this; what is kept of a master itself has the last of them. */
const mostNumbers = 4096;
const masterNumber = mostNumbers - 1;

const secondsOfDay = 86_400;

/** A parsed master as it is kept at the edge, in bytes. Source: docs/operating.md, 16 bytes a tile. */
const indexBytes = 6000;

/** Most entries of a cache of a data centre, and of the upper tier: more than are asked for in the simulated time. */
const mostEntries = { dataCentre: 1_500_000, upper: 3_000_000 } as const;

/** The caches of a service, and what becomes of requests on their way through them. */
export class Tiers {
  counts = noCounts();
  readonly #config: Config;
  readonly #lower: readonly LruCache[];
  readonly #upper: LruCache;
  readonly #edge: readonly LruCache[];
  readonly #drawn: readonly LruCache[];
  /** By master and slot: the number of the request whose picture is there. */
  readonly #bucket = new Map<number, number>();

  /** Opens empty caches; `part` is the part of all images that is simulated, and of the caches' bytes. */
  constructor(config: Config, assumed: TierAssumptions, part: number) {
    const cacheOf = (bytes: number, most: number): LruCache => {
      const entries = Math.min(most, Math.max(1024, Math.ceil((bytes * part) / 12_000)));
      return new LruCache(bytes * part, entries);
    };
    this.#config = config;
    this.#lower = assumed.dataCentres.map(() => cacheOf(assumed.lowerBytes, mostEntries.dataCentre));
    this.#upper = cacheOf(assumed.upperBytes, mostEntries.upper);
    this.#edge = assumed.dataCentres.map(() => cacheOf(assumed.edgeBytes, mostEntries.dataCentre));
    this.#drawn = assumed.dataCentres.map(() => new LruCache(1e6, 4096));
  }

  /** Answers a request from the first tier that has it: fresh, or stale while it is made anew. */
  ask(visit: Visit): void {
    const { request, at, dataCentre } = visit;
    const { counts } = this;
    const key = visit.image * mostNumbers + request.number;
    const lower = this.#lower[dataCentre];
    counts.requests += 1;
    counts.bytesSent += request.bytes;
    const age = at - (lower?.get(key) ?? Number.NEGATIVE_INFINITY);
    // The headers allow stale answers for as long again as fresh ones.
    if (age < 2 * request.maxAgeSeconds) {
      counts.lowerHits += 1;
      if (age < request.maxAgeSeconds) return;
    }
    const made = this.#askUpper(visit, key, age < 2 * request.maxAgeSeconds);
    lower?.put(key, made, request.bytes);
  }

  /** Returns when the answer was made. */
  #askUpper(visit: Visit, key: number, isBehind: boolean): number {
    const { request, at } = visit;
    const made = this.#upper.get(key);
    const age = at - made;
    if (age < 2 * request.maxAgeSeconds && !isBehind) this.counts.upperHits += 1;
    if (age < request.maxAgeSeconds) return made;
    this.#run(visit, key);
    this.#upper.put(key, at, request.bytes);
    return at;
  }

  /** What the Worker does. Source: src/masters/open.ts, src/kept-picture.ts, src/cache/derivatives.ts. */
  #run(visit: Visit, key: number): void {
    const { request } = visit;
    const { counts } = this;
    counts.runs += 1;
    if (request.takesMaster) this.#open(visit);
    if (request.isDocument) {
      this.#read(request.reads);
      counts.cpuMilliseconds += request.cpuMilliseconds;
    } else this.#obtain(visit, key);
  }

  /** A master that is trusted costs nothing, one that is known a head, any other a look for its index and a read. */
  #open({ image, dataCentre, at }: Visit): void {
    const { counts } = this;
    const edge = this.#edge[dataCentre];
    const key = image * mostNumbers + masterNumber;
    const age = at - (edge?.get(key) ?? Number.NEGATIVE_INFINITY);
    if (age < this.#config.masterTtlSeconds) return;
    if (age < this.#config.imageMaxAgeSeconds) {
      counts.heads += 1;
      counts.classB += 1;
    } else {
      counts.openings += 1;
      counts.classB += 1;
      this.#read(1);
    }
    edge?.put(key, at, indexBytes);
  }

  #obtain({ image, request, dataCentre, at }: Visit, key: number): void {
    const { counts } = this;
    const { storing, decodedPixels } = request;
    const edge = this.#edge[dataCentre];
    const drawn = this.#drawn[dataCentre];
    const isLookedFor = decodedPixels >= this.#config.cacheAbovePixels || storing !== "never";
    const slot = image * mostNumbers + (request.slot % this.#config.storePicturesPerImage);
    if (isLookedFor) {
      counts.edgeAsked += 1;
      if (at - (edge?.get(key) ?? Number.NEGATIVE_INFINITY) < this.#config.imageMaxAgeSeconds) {
        counts.edgeHits += 1;
        counts.cpuMilliseconds += cpuMilliseconds.copied;
        if (storing !== "never" && this.#bucket.get(slot) !== request.number) this.#store(slot, request, true);
        return;
      }
      if (storing !== "never") {
        counts.bucketAsked += 1;
        counts.classB += 1;
        if (this.#bucket.get(slot) === request.number) {
          counts.bucketHits += 1;
          counts.cpuMilliseconds += cpuMilliseconds.copied;
          edge?.put(key, at, request.bytes);
          return;
        }
      }
    }
    this.#read(request.reads);
    counts.cpuMilliseconds += request.cpuMilliseconds;
    if (!isLookedFor) return;
    edge?.put(key, at, request.bytes);
    if (storing === "never") return;
    const wasDrawnToday = at - (drawn?.get(key) ?? Number.NEGATIVE_INFINITY) < secondsOfDay;
    if (storing === "at-once" || wasDrawnToday) this.#store(slot, request, false);
    drawn?.put(key, at, 256);
  }

  #store(slot: number, request: PlannedRequest, isAskedFirst: boolean): void {
    this.#bucket.set(slot, request.number);
    this.counts.classA += 1;
    if (isAskedFirst) this.counts.classB += 1;
  }

  #read(reads: number): void {
    this.counts.reads += reads;
    this.counts.classB += reads;
  }
}
