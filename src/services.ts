import { bucketTier } from "./cache/bucket.ts";
import type { DerivativeCache, KnownDerivative } from "./cache/derivatives.ts";
import { edgeTier } from "./cache/edge.ts";
import { TierGuard } from "./cache/guard.ts";
import { IsolateCache } from "./cache/isolate.ts";
import { TierPause } from "./cache/pause.ts";
import type { StoringRules } from "./cache/storing.ts";
import type { CodecModules } from "./codec/tile-decoder.ts";
import type { ColorTable } from "./color/table.ts";
import type { ColorTables } from "./colors.ts";
import type { Config } from "./config.ts";
import type { SizeLimits } from "./iiif/size.ts";
import type { MasterStore } from "./masters/open.ts";
import type { KeptMaster } from "./masters/record.ts";
import { KernelLender } from "./render/lease.ts";
import type { EncoderSettings } from "./render/output.ts";
import type { Renderer } from "./render/render.ts";

/** What the stories work with: the platform behind names of their own, the configuration as the values they need. */
export interface Services {
  readonly masters: MasterStore;
  readonly derivatives: DerivativeCache;
  readonly storing: StoringRules;
  readonly colors: ColorTables;
  readonly renderer: Renderer;
  readonly buckets: readonly R2Bucket[];
  readonly sizeRules: { readonly limits: SizeLimits; readonly isStrictConfined: boolean };
  readonly config: Config;
  /** Lets work go on after the response. */
  readonly defer: (work: Promise<unknown>) => void;
  /** Writes one line to the log. */
  readonly log: (line: object) => void;
}

/** What outlives a request within one isolate: values only. */
export interface IsolateState {
  readonly kept: IsolateCache<KeptMaster>;
  readonly colorTables: IsolateCache<ColorTable>;
  readonly knownDerivatives: IsolateCache<KnownDerivative>;
  readonly pauses: { readonly edge: TierPause; readonly bucket: TierPause };
  readonly lender: KernelLender;
}

/** Bytes of pyramids an isolate keeps: some 400 images of 100 megapixels. */
const keptBytes = 16 << 20;

/** Bytes of colour tables an isolate keeps: some ten profiles. */
const colorTableBytes = 4 << 20;

/** Bytes of what an isolate remembers of pictures, 256 for each. */
const knownDerivativeBytes = 1 << 19;

/** Bytes that renders may take together, below the 128 MB an isolate has for everything. */
const renderBudgetBytes = 64 << 20;

/** WebP's own scale: visually near the JPEG default. */
const webpQuality = 80;

/** Makes the state of a new isolate. Never throws. */
export function createIsolateState(kernelModule: WebAssembly.Module): IsolateState {
  return {
    kept: new IsolateCache(keptBytes),
    colorTables: new IsolateCache(colorTableBytes),
    knownDerivatives: new IsolateCache(knownDerivativeBytes),
    pauses: { edge: new TierPause(), bucket: new TierPause() },
    lender: new KernelLender(kernelModule, renderBudgetBytes),
  };
}

/** What the platform gives for one request. */
export interface Platform {
  readonly masters: R2Bucket;
  readonly derivatives: R2Bucket;
  readonly edge: Cache;
  readonly modules: CodecModules & { readonly webpEncoder: WebAssembly.Module; readonly lcms: WebAssembly.Module };
  /** Seconds since 1970. */
  readonly now: () => number;
  readonly defer: (work: Promise<unknown>) => void;
  readonly log: (line: object) => void;
}

/** Puts the services of one request together. Never throws. */
export function createServices(config: Config, platform: Platform, state: IsolateState): Services {
  const { now, defer, log } = platform;
  const warn = (message: string): void => log({ level: "warn", message });
  const guard = (tier: "edge" | "bucket"): TierGuard =>
    new TierGuard({ tier, pause: state.pauses[tier], timeoutSeconds: config.cacheTimeoutSeconds, now, defer, log });
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
      bucket: platform.masters,
      kept: state.kept,
      edge: edgeTier(platform.edge, Math.max(1, config.imageMaxAgeSeconds), edge),
      durable: bucket,
      ttlSeconds: config.masterTtlSeconds,
      now,
      defer,
      keepsBlocks: config.keepMetadata === "all",
      warn,
    },
    colors: { kept: state.colorTables, module: platform.modules.lcms, warn },
    derivatives: {
      edge: edgeTier(platform.edge, config.imageMaxAgeSeconds, edge),
      bucket,
      known: state.knownDerivatives,
      now,
      defer,
    },
    storing: {
      abovePixels: config.storeAbovePixels,
      atOnceAbovePixels: config.storeAtOnceAbovePixels,
      angleStepDegrees: config.storeAngleStepDegrees,
      sizeStepPixels: config.storeSizeStepPixels,
      limits,
    },
    renderer: { lender: state.lender, settings },
    buckets: [platform.masters, platform.derivatives],
    sizeRules: { limits, isStrictConfined: config.isStrictConfined },
    config,
    defer,
    log,
  };
}
