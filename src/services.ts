import type { Clock } from "./budget/clock.ts";
import { keptLimits } from "./budget/isolate-memory.ts";
import { MemoryBudget } from "./budget/memory-budget.ts";
import { bucketTier } from "./cache/bucket.ts";
import type { DerivativeCache, KnownDerivative } from "./cache/derivatives.ts";
import { edgeTier } from "./cache/edge.ts";
import { TierGuard } from "./cache/guard.ts";
import { IsolateCache } from "./cache/isolate.ts";
import type { LifecycleState } from "./cache/lifecycle.ts";
import { TierPause } from "./cache/pause.ts";
import type { StoringRules } from "./cache/storing.ts";
import type { CodecModules } from "./codec/tile-decoder.ts";
import type { ColorTable } from "./color/table.ts";
import type { ColorTables } from "./colors.ts";
import type { Config } from "./config.ts";
import type { SizeLimits } from "./iiif/size.ts";
import type { KeptMaster } from "./masters/kept-index.ts";
import type { MasterStore } from "./masters/open.ts";
import { Kernels } from "./render/kernels.ts";
import type { EncoderSettings } from "./render/output.ts";
import type { Renderer } from "./render/render.ts";

/** What the stories work with: the platform behind names of their own, the configuration as the values they need. */
export interface Services {
  readonly masters: MasterStore;
  readonly derivatives: DerivativeCache;
  readonly storing: StoringRules;
  readonly colors: Omit<ColorTables, "admission">;
  readonly renderer: Renderer;
  readonly budget: MemoryBudget;
  readonly clock: Clock;
  readonly buckets: { readonly masters: R2Bucket; readonly derivatives: R2Bucket };
  /** What the isolate remembers beside. */
  readonly isolate: Pick<IsolateState, "health" | "lifecycle">;
  readonly sizeRules: { readonly limits: SizeLimits; readonly isStrictConfined: boolean };
  readonly config: Config;
  /** Streams that were broken off so far, in this isolate. */
  readonly streams: StreamCounts;
  /** Writes one line to the log. */
  readonly log: (line: object) => void;
}

/** What outlives a request within one isolate: values only. */
export interface IsolateState {
  readonly kept: IsolateCache<KeptMaster>;
  readonly colorTables: IsolateCache<ColorTable>;
  readonly knownDerivatives: IsolateCache<KnownDerivative>;
  readonly pauses: { readonly edge: TierPause; readonly bucket: TierPause };
  readonly kernels: Kernels;
  readonly budget: MemoryBudget;
  readonly streams: StreamCounts;
  /** What a check of health found last. */
  health: Health | undefined;
  /** How the rule stood that clears the derivative bucket, and when, in milliseconds since 1970. */
  lifecycle: { readonly checkedAt: number; readonly state: LifecycleState } | undefined;
}

/** What a check of health found, and when. */
export interface Health {
  /** Milliseconds since 1970. */
  readonly checkedAt: number;
  readonly checks: Readonly<Record<"masters" | "derivatives" | "drawing", "ok" | "fails">>;
}

/** How many bodies that were sent in pieces did not end whole. */
export interface StreamCounts {
  abandoned: number;
  stalled: number;
  broken: number;
}

/** Bytes of what an isolate remembers of pictures, 256 for each. */
const knownDerivativeBytes = 1 << 19;

/** WebP's own scale: visually near the JPEG default. */
const webpQuality = 80;

/** Makes the state of a new isolate. */
export function createIsolateState(kernelModule: WebAssembly.Module, clock: Clock): IsolateState {
  return {
    kept: new IsolateCache(keptLimits.masters),
    colorTables: new IsolateCache<ColorTable>(keptLimits.colorTables),
    knownDerivatives: new IsolateCache(knownDerivativeBytes),
    pauses: { edge: new TierPause(), bucket: new TierPause() },
    kernels: new Kernels(kernelModule),
    budget: new MemoryBudget(clock),
    streams: { abandoned: 0, stalled: 0, broken: 0 },
    health: undefined,
    lifecycle: undefined,
  };
}

/** What the platform gives. */
export interface Platform {
  readonly masters: R2Bucket;
  readonly derivatives: R2Bucket;
  readonly edge: Cache;
  readonly modules: CodecModules & { readonly webpEncoder: WebAssembly.Module; readonly lcms: WebAssembly.Module };
  readonly clock: Clock;
  readonly log: (line: object) => void;
}

/** Puts the services of an isolate together. They hold nothing of any request. */
export function createServices(config: Config, platform: Platform, state: IsolateState): Services {
  const { clock, log } = platform;
  const warn = (message: string): void => log({ level: "warn", message });
  const guard = (tier: "edge" | "bucket"): TierGuard =>
    new TierGuard({ tier, pause: state.pauses[tier], timeoutSeconds: config.cacheTimeoutSeconds, clock, log });
  const bucket = bucketTier(platform.derivatives, guard("bucket"));
  const edge = guard("edge");
  const limits = { maxWidth: config.maxWidth, maxHeight: config.maxHeight, maxArea: config.maxArea };
  const settings: EncoderSettings = {
    jpegQuality: config.jpegQuality,
    webpQuality,
    webpModule: platform.modules.webpEncoder,
    modules: platform.modules,
  };
  return {
    masters: {
      storage: {
        bucket: platform.masters,
        clock: platform.clock,
        timeoutSeconds: config.storageTimeoutSeconds,
      },
      kept: state.kept,
      budget: state.budget,
      edge: edgeTier(platform.edge, Math.max(1, config.imageMaxAgeSeconds), edge),
      durable: bucket,
      ttlSeconds: config.masterTtlSeconds,
      keepsBlocks: config.keepMetadata === "all",
      warn,
    },
    colors: { kept: state.colorTables, module: platform.modules.lcms, warn },
    derivatives: {
      edge: edgeTier(platform.edge, config.imageMaxAgeSeconds, edge),
      bucket,
      known: state.knownDerivatives,
      budget: state.budget,
      clock: platform.clock,
    },
    storing: {
      abovePixels: config.storeAbovePixels,
      atOnceAbovePixels: config.storeAtOnceAbovePixels,
      angleStepDegrees: config.storeAngleStepDegrees,
      sizeStepPixels: config.storeSizeStepPixels,
      limits,
    },
    renderer: { kernels: state.kernels, settings },
    budget: state.budget,
    clock: platform.clock,
    streams: state.streams,
    buckets: { masters: platform.masters, derivatives: platform.derivatives },
    isolate: state,
    sizeRules: { limits, isStrictConfined: config.isStrictConfined },
    config,
    log,
  };
}
