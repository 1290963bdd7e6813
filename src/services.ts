import type { Clock } from "./budget/clock.ts";
import { keptLimits } from "./budget/isolate-memory.ts";
import { MemoryBudget } from "./budget/memory-budget.ts";
import { bucketTier } from "./cache/bucket.ts";
import { Copying } from "./cache/copying.ts";
import type { KnownDerivative } from "./cache/derivatives.ts";
import { edgeTier } from "./cache/edge.ts";
import type { HeldDigests } from "./cache/entity-tag.ts";
import { TierGuard } from "./cache/guard.ts";
import { IsolateCache } from "./cache/isolate.ts";
import type { LifecycleState } from "./cache/lifecycle.ts";
import { TierPause } from "./cache/pause.ts";
import type { Move } from "./catalogue/moved.ts";
import type { SplicedHead } from "./codec/jpeg/splice.ts";
import type { ColorTable } from "./color/table.ts";
import { type Config, webpQuality } from "./config.ts";
import { claimedRules } from "./iiif/signed-size.ts";
import type { SizeRules } from "./iiif/size.ts";
import type { ApiVersion } from "./iiif/version.ts";
import type { PictureStore } from "./kept-picture.ts";
import type { HeldMark, MarkStore } from "./marks/store.ts";
import type { OpeningHabit } from "./masters/early-tail.ts";
import type { HeldMaster, MasterStore } from "./masters/store.ts";
import type { Ledger } from "./operation/ledger.ts";
import { type OriginReader, originObject } from "./origin/origin-source.ts";
import type { SigningKeys } from "./origin/request.ts";
import { type NamingRules, openKernels, type PictureStyle } from "./picture.ts";
import type { HeldFacts, HeldObject, HeldRules, PolicyStore } from "./policies.ts";
import type { KernelModules } from "./raster/kernel.ts";
import type { RateLimiter } from "./rate-limit.ts";
import type { RecordStore } from "./records.ts";
import type { Kernels } from "./render/kernels.ts";
import type { SearchIndex } from "./search/search-index.ts";
import { r2Object } from "./source/r2.ts";
import { Counter } from "./statistics/counter.ts";
import type { Point } from "./statistics/point.ts";
import type { TaskDoor } from "./task/door.ts";

/** What the stories work with: the platform under names of their own, the configuration as the values they need. */
export interface Services {
  readonly masters: MasterStore;
  /** What reads masters that are not in the bucket. */
  readonly originReader: OriginReader;
  readonly pictures: PictureStore;
  readonly records: RecordStore;
  /** Who may see which image. */
  readonly policies: PolicyStore;
  /** What is put over pictures. */
  readonly marks: MarkStore;
  /** Undefined where no database is bound for it. */
  readonly search: SearchIndex | undefined;
  /** What waits to be purged and who did what; undefined where no object is bound for it. */
  readonly ledger: (() => Ledger) | undefined;
  /** The Worker of jobs; undefined where none is bound. */
  readonly tasks: TaskDoor | undefined;
  /** Takes a point of each request; undefined where no dataset is bound for it. */
  readonly points: PointSink | undefined;
  readonly style: PictureStyle;
  readonly budget: MemoryBudget;
  readonly clock: Clock;
  readonly buckets: Readonly<Record<"masters" | "catalogue" | "derivatives", R2Bucket>>;
  /** The files of the page, where it is deployed. */
  readonly page: Fetcher | undefined;
  /** What else the isolate remembers. */
  readonly isolate: Pick<
    IsolateState,
    "health" | "lifecycle" | "heldMoves" | "accessKeys" | "loginProvider" | "counter"
  >;
  /** At signed addresses. */
  readonly sizeRules: Readonly<Record<ApiVersion, SizeRules>>;
  /** At all others: what documents and pages name is to be had there. */
  readonly publicRules: Readonly<Record<ApiVersion, SizeRules>>;
  readonly naming: NamingRules;
  readonly config: Config;
  /** Streams that were broken off so far, in this isolate. */
  readonly streams: StreamCounts;
}

/** What outlives a request within one isolate: values only. */
export interface IsolateState {
  readonly heldMasters: IsolateCache<HeldMaster>;
  readonly openingHabit: OpeningHabit;
  readonly colorTables: IsolateCache<ColorTable>;
  readonly heldMarks: IsolateCache<HeldMark>;
  /** By the key of the master that is not there. */
  readonly heldMoves: IsolateCache<HeldMove>;
  /** By identifier, without the number of a page. */
  readonly heldPolicies: IsolateCache<HeldFacts>;
  /** What objects state of their pages, by the key of the object. */
  readonly heldObjects: IsolateCache<HeldObject>;
  readonly heldRules: HeldRules;
  readonly knownDerivatives: IsolateCache<KnownDerivative>;
  readonly copying: Copying;
  readonly heldDigests: HeldDigests;
  readonly tileHeads: IsolateCache<SplicedHead>;
  readonly signingKeys: SigningKeys;
  readonly pauses: { readonly edge: TierPause; readonly bucket: TierPause };
  readonly kernels: Kernels;
  readonly budget: MemoryBudget;
  readonly streams: StreamCounts;
  readonly counter: Counter;
  /** What a check of health found last. */
  health: Health | undefined;
  /** What Cloudflare Access signs with. */
  accessKeys: AccessKeys | undefined;
  /** Where people sign in, as the provider said last. */
  loginProvider: HeldProvider | undefined;
  /** How the rule stood that clears the derivative bucket, and when, in milliseconds since 1970. */
  lifecycle: { readonly checkedAt: number; readonly state: LifecycleState } | undefined;
}

/** What the catalogue said of an image that is not there, and when. */
export interface HeldMove {
  /** Milliseconds since 1970. */
  readonly readAt: number;
  /** Undefined where it said nothing. */
  readonly move: Move | undefined;
}

/** Public keys of a team of Cloudflare Access, and when they were read. */
export interface AccessKeys {
  readonly issuer: string;
  /** Milliseconds since 1970. */
  readonly checkedAt: number;
  readonly keys: readonly Readonly<Record<"kid" | "kty" | "n" | "e", string>>[];
}

/** What a login takes of the configuration of a provider of OpenID Connect, at most some 20 kB, and when it was read. */
export interface HeldProvider {
  /** As it is configured; it may call itself so with another slash behind. */
  readonly issuer: string;
  /** Milliseconds since 1970. */
  readonly checkedAt: number;
  readonly server: {
    readonly issuer: string;
    readonly authorization_endpoint?: string;
    readonly token_endpoint?: string;
    readonly userinfo_endpoint?: string;
    readonly jwks_uri?: string;
    readonly token_endpoint_auth_methods_supported?: string[];
    readonly id_token_signing_alg_values_supported?: string[];
    readonly userinfo_signing_alg_values_supported?: string[];
    readonly authorization_response_iss_parameter_supported?: boolean;
  };
}

/** What a check of health found, and when. */
export interface Health {
  /** Milliseconds since 1970. */
  readonly checkedAt: number;
  readonly checks: Readonly<Record<"masters" | "catalogue" | "derivatives" | "drawing", "ok" | "fails">>;
  /** Of the servers that hold masters, by the prefix of the identifiers; undefined where there are none. */
  readonly origins: Readonly<Record<string, "ok" | "fails">> | undefined;
}

/** Where points of Analytics Engine are written. */
export interface PointSink {
  readonly writeDataPoint: (point: Point) => void;
}

/** How many bodies that were sent in pieces did not end whole. */
export interface StreamCounts {
  abandoned: number;
  stalled: number;
  broken: number;
}

/** There is one ledger for the service. */
const ledgerName = "service";

/** Makes the state of a new isolate. */
export function createIsolateState(modules: KernelModules, clock: Clock): IsolateState {
  return {
    heldMasters: new IsolateCache(keptLimits.masters),
    openingHabit: { isTailNeeded: true },
    colorTables: new IsolateCache<ColorTable>(keptLimits.colorTables),
    heldMarks: new IsolateCache(keptLimits.marks),
    heldMoves: new IsolateCache(keptLimits.moves),
    heldPolicies: new IsolateCache(keptLimits.policies / 2),
    heldObjects: new IsolateCache(keptLimits.policies / 2),
    heldRules: { last: undefined },
    knownDerivatives: new IsolateCache(keptLimits.derivatives),
    copying: new Copying(),
    heldDigests: new IsolateCache(keptLimits.digests),
    tileHeads: new IsolateCache(keptLimits.tileHeads),
    signingKeys: new Map(),
    pauses: { edge: new TierPause(), bucket: new TierPause() },
    kernels: openKernels(modules),
    budget: new MemoryBudget(clock),
    streams: { abandoned: 0, stalled: 0, broken: 0 },
    counter: new Counter(),
    health: undefined,
    accessKeys: undefined,
    loginProvider: undefined,
    lifecycle: undefined,
  };
}

/** What the platform gives. */
export interface Platform {
  readonly masters: R2Bucket;
  readonly catalogue: R2Bucket;
  readonly derivatives: R2Bucket;
  /** The index of the catalogue, which a service need not have. */
  readonly search?: D1Database | undefined;
  readonly edge: Cache;
  /** The object that keeps the ledger, which a service need not have. */
  readonly ledgers?: { readonly getByName: (name: string) => Ledger } | undefined;
  readonly points?: PointSink | undefined;
  /** Who counts pictures that no cache has: tiles and small drawings, and full renderings. A service need not have them. */
  readonly pictureLimit?: RateLimiter | undefined;
  readonly renderLimit?: RateLimiter | undefined;
  /** The Worker of jobs, which a service need not have. */
  readonly tasks?: TaskDoor | undefined;
  /** The static assets. */
  readonly page?: Fetcher | undefined;
  /** Little CMS, compiled. */
  readonly lcms: WebAssembly.Module;
  readonly clock: Clock;
  readonly log: (line: object) => void;
}

/** Puts the services of an isolate together. They keep nothing of any request. */
export function createServices(config: Config, platform: Platform, state: IsolateState): Services {
  const { clock, log, ledgers } = platform;
  const { budget, streams } = state;
  const guard = (tier: "edge" | "bucket"): TierGuard =>
    new TierGuard({ tier, pause: state.pauses[tier], timeoutSeconds: config.cacheTimeoutSeconds, clock, log });
  const bucket = bucketTier(platform.derivatives, guard("bucket"));
  const edge = guard("edge");
  const waiting = { clock, timeoutSeconds: config.storageTimeoutSeconds };
  const masters = { bucket: platform.masters, ...waiting };
  const reader: OriginReader = { ...waiting, signingKeys: state.signingKeys };
  const records: RecordStore = { storage: { bucket: platform.catalogue, ...waiting }, budget, clock };
  const limits = { maxWidth: config.maxWidth, maxHeight: config.maxHeight, maxArea: config.maxArea };
  const { isStrictConfined, colorProfile, keepMetadata } = config;
  const style: PictureStyle = {
    qualities: { jpeg: config.jpegQuality, webp: webpQuality },
    colorProfile,
    keepMetadata,
  };
  // In 3.0 `^` says that a picture is to be enlarged, in 2.1 nothing does.
  const sizeRules: Services["sizeRules"] = {
    2: { limits, isStrictConfined, maxUpscaledSide: config.maxUpscaledSide },
    3: { limits, isStrictConfined },
  };
  const unsigned = { isSigned: false, limit: config.signedAbovePixels };
  return {
    originReader: reader,
    masters: {
      objectOf: ({ key, origin }, signal) =>
        origin === undefined ? r2Object(masters, key) : originObject(reader, origin, signal),
      storage: masters,
      held: state.heldMasters,
      habit: state.openingHabit,
      budget,
      edge: edgeTier(platform.edge, Math.max(1, config.imageMaxAgeSeconds), edge),
      durable: bucket,
      ttlSeconds: config.masterTtlSeconds,
      keepsBlocks: keepMetadata === "all",
    },
    pictures: {
      tools: { kernels: state.kernels, colorTables: { kept: state.colorTables, module: platform.lcms } },
      derivatives: {
        edge: edgeTier(platform.edge, config.imageMaxAgeSeconds, edge),
        bucket,
        known: state.knownDerivatives,
        copying: state.copying,
        budget,
        clock,
      },
      tileHeads: state.tileHeads,
      cacheAbovePixels: config.cacheAbovePixels,
      storing: {
        abovePixels: config.storeAbovePixels,
        atOnceAbovePixels: config.storeAtOnceAbovePixels,
        angleStepDegrees: config.storeAngleStepDegrees,
        sizeStepPixels: config.storeSizeStepPixels,
        limits,
      },
      rates: {
        small: platform.pictureLimit,
        full: platform.renderLimit,
        clock,
        timeoutSeconds: config.cacheTimeoutSeconds,
      },
      budget,
      clock,
      readMilliseconds: 1000 * config.storageTimeoutSeconds,
    },
    records,
    marks: {
      storage: { bucket: platform.catalogue, ...waiting },
      kernels: state.kernels,
      budget,
      clock,
      held: state.heldMarks,
      ttlSeconds: config.masterTtlSeconds,
    },
    policies: {
      records,
      held: state.heldPolicies,
      objects: state.heldObjects,
      rules: state.heldRules,
      clock,
      ttlSeconds: config.masterTtlSeconds,
    },
    search: platform.search && {
      database: platform.search,
      ...waiting,
    },
    // A stub belongs to the request that makes it.
    ledger: ledgers && (() => ledgers.getByName(ledgerName)),
    tasks: platform.tasks,
    points: platform.points,
    style,
    budget,
    clock,
    streams,
    buckets: { masters: platform.masters, catalogue: platform.catalogue, derivatives: platform.derivatives },
    page: platform.page,
    isolate: state,
    sizeRules,
    publicRules: { 2: claimedRules(sizeRules[2], unsigned), 3: claimedRules(sizeRules[3], unsigned) },
    naming: { style, limits, picturesPerMaster: config.storePicturesPerImage, digests: state.heldDigests },
    config,
  };
}
