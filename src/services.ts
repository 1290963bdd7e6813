import { bucketTier } from "./cache/bucket.ts";
import type { DerivativeCache } from "./cache/derivatives.ts";
import { edgeTier } from "./cache/edge.ts";
import { IsolateCache } from "./cache/isolate.ts";
import { forgiving } from "./cache/tier.ts";
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
  readonly lender: KernelLender;
}

/** Bytes of pyramids an isolate keeps: some 400 images of 100 megapixels. */
const keptBytes = 16 << 20;

/** Bytes of colour tables an isolate keeps: some ten profiles. */
const colorTableBytes = 4 << 20;

/** Bytes that renders may take together, below the 128 MB an isolate has for everything. */
const renderBudgetBytes = 64 << 20;

/** WebP's own scale: visually near the JPEG default. */
const webpQuality = 80;

/** Makes the state of a new isolate. Never throws. */
export function createIsolateState(kernelModule: WebAssembly.Module): IsolateState {
  const colorTables = new IsolateCache<ColorTable>(colorTableBytes);
  return { kept: new IsolateCache(keptBytes), colorTables, lender: new KernelLender(kernelModule, renderBudgetBytes) };
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
  const { defer, log } = platform;
  const report = (cause: unknown): void => log({ level: "warn", message: "a cache failed", cause: String(cause) });
  const warn = (message: string): void => log({ level: "warn", message });
  const bucket = forgiving(bucketTier(platform.derivatives), report);
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
      edge: forgiving(edgeTier(platform.edge, Math.max(1, config.imageMaxAgeSeconds)), report),
      durable: bucket,
      ttlSeconds: config.masterTtlSeconds,
      now: platform.now,
      defer,
      keepsBlocks: config.keepMetadata === "all",
      warn,
    },
    colors: { kept: state.colorTables, module: platform.modules.lcms, warn },
    derivatives: { edge: forgiving(edgeTier(platform.edge, config.imageMaxAgeSeconds), report), bucket },
    renderer: { lender: state.lender, settings },
    buckets: [platform.masters, platform.derivatives],
    sizeRules: {
      limits: { maxWidth: config.maxWidth, maxHeight: config.maxHeight, maxArea: config.maxArea },
      isStrictConfined: config.isStrictConfined,
    },
    config,
    defer,
    log,
  };
}
