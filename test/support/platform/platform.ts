import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { resolve } from "node:path";
import { convertV4MiniflareOptions, Miniflare, Response as MiniflareResponse } from "miniflare";
import { unstable_getMiniflareWorkerOptions } from "wrangler";
import type { Fate } from "./front.ts";
import { type IsolateInspector, openInspector } from "./isolate-inspector.ts";

const root = resolve(import.meta.dirname, "../../..");

/** One call of a bucket or of the Cache API. */
export interface Call {
  readonly tier: "masters" | "catalogue" | "derivatives" | "cache";
  readonly call: "head" | "get" | "put" | "delete" | "list" | "match";
  readonly key: string;
}

/** How storage and caches behave, until it is changed. */
export interface Behaviour {
  /** Milliseconds that a call waits, or what it waits for. */
  latency: (call: Call) => number | Promise<void>;
  fate: (call: Call) => Fate;
}

/** The built Worker in workerd, with storage and caches that behave as on the real platform. */
export interface Platform {
  /** Where it listens, without a slash at the end. */
  readonly url: string;
  readonly behaviour: Behaviour;
  /** Calls of storage and caches so far. */
  readonly calls: Call[];
  /** Lines of the Worker's log so far, parsed; text that is not JSON is under `text`. */
  readonly log: Readonly<Record<string, unknown>>[];
  putMaster(identifier: string, bytes: Uint8Array): Promise<void>;
  /** Puts a record into the catalogue under its whole key. */
  putRecord(key: string, bytes: Uint8Array): Promise<void>;
  masterBytes(identifier: string): Promise<Uint8Array>;
  derivatives(): Promise<R2Bucket>;
  /** Requests a path, cancels the request after this many milliseconds, and returns what had arrived by then. */
  leave(path: string, milliseconds: number): Promise<string>;
  /** Opens the inspector of the isolate of the service. Throws unless the platform was started to be inspected. */
  inspect(): Promise<IsolateInspector>;
  stop(): Promise<void>;
}

/** What differs from the Wrangler file. */
export interface PlatformOptions {
  /** Folder of the bundle that `wrangler deploy --dry-run` writes; bundled there when it is left out. */
  readonly bundle?: string;
  readonly variables?: Readonly<Record<string, string>>;
  /** How often a key may be counted in a minute, by the name of the binding that counts. */
  readonly rateLimits?: Readonly<Record<string, number>>;
  /** Whether V8's inspector listens, which slows the service. */
  readonly isInspected?: boolean;
}

/** Bundles the Worker as it is deployed into `folder`. Throws what the bundler says. */
export function bundleWorker(folder: string): void {
  const wrangler = resolve(root, "node_modules/wrangler/bin/wrangler.js");
  execFileSync(process.execPath, [wrangler, "deploy", "--dry-run", "--outdir", folder], { cwd: root, stdio: "pipe" });
}

/** Starts the Worker. The platform is quick and whole until `behaviour` is changed. */
export async function startPlatform({
  bundle,
  variables = {},
  rateLimits = {},
  isInspected = false,
}: PlatformOptions = {}): Promise<Platform> {
  const folder = bundle ?? resolve(root, "build/platform");
  if (bundle === undefined) bundleWorker(folder);
  const behaviour: Behaviour = { latency: () => 0, fate: () => "served" };
  const calls: Call[] = [];
  const log: Record<string, unknown>[] = [];
  const modules = readdirSync(folder).filter((name) => /\.(?:js|wasm)$/.test(name));
  const { workerOptions } = unstable_getMiniflareWorkerOptions(resolve(root, "wrangler.toml"));
  const { compatibilityDate, compatibilityFlags, bindings } = workerOptions;
  const late = async (request: Request): Promise<MiniflareResponse> => {
    const [, tier, call, key = ""] = new URL(request.url).pathname.split("/");
    if (tier === "never") return new Promise(() => undefined);
    const asked = { tier, call, key: decodeURIComponent(key) } as Call;
    calls.push(asked);
    const latency = behaviour.latency(asked);
    await (typeof latency === "number" ? new Promise((done) => setTimeout(done, latency)) : latency);
    return new MiniflareResponse(behaviour.fate(asked));
  };
  const service = {
    name: "tessera",
    compatibilityDate,
    ...(compatibilityFlags === undefined ? {} : { compatibilityFlags }),
    modules: [
      { type: "ESModule", path: "front.js", contents: scriptOf("front.ts") },
      ...modules.map((name) => ({
        type: name.endsWith(".js") ? "ESModule" : "CompiledWasm",
        path: name,
        contents: readFileSync(`${folder}/${name}`),
      })),
    ],
    // What is written of a request is looked at.
    bindings: { ...(bindings as Record<string, string>), LOG_SAMPLE: "1", ...variables },
    r2Buckets: ["MASTERS", "CATALOGUE", "DERIVATIVES"],
    serviceBindings: { LATE: late },
    ratelimits: Object.fromEntries(
      Object.entries(rateLimits).map(([name, limit]) => [name, { namespace_id: name, simple: { limit, period: 60 } }]),
    ),
  };
  const leaver = {
    name: "leaver",
    compatibilityDate,
    modules: [{ type: "ESModule", path: "leaver.js", contents: scriptOf("leaver.ts") }],
    serviceBindings: { SERVICE: "tessera" },
  };
  const handleStructuredLogs = ({ message }: { message: string }) => log.push(parseLine(message));
  const inspector = isInspected ? { inspectorPort: 0 } : {};
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({ workers: [service, leaver], handleStructuredLogs, ...inspector } as never),
  );
  const url = String(await miniflare.ready).replace(/\/$/, "");
  return {
    url,
    behaviour,
    calls,
    log,
    async putMaster(identifier, bytes) {
      const bucket = (await miniflare.getR2Bucket("MASTERS")) as unknown as R2Bucket;
      await bucket.put(identifier, bytes);
    },
    async putRecord(key, bytes) {
      const bucket = (await miniflare.getR2Bucket("CATALOGUE")) as unknown as R2Bucket;
      await bucket.put(key, bytes);
    },
    async masterBytes(identifier) {
      const bucket = (await miniflare.getR2Bucket("MASTERS")) as unknown as R2Bucket;
      return new Uint8Array((await (await bucket.get(identifier))?.arrayBuffer()) ?? []);
    },
    derivatives: async () => (await miniflare.getR2Bucket("DERIVATIVES")) as unknown as R2Bucket,
    async leave(path, milliseconds) {
      const worker = (await miniflare.getWorker("leaver")) as unknown as Fetcher;
      const query = new URLSearchParams({ path, after: String(milliseconds) });
      return (await worker.fetch(`http://leaver/?${query}`)).text();
    },
    inspect: async () => openInspector(Number((await miniflare.getInspectorURL()).port)),
    stop: () => miniflare.dispose(),
  };
}

function scriptOf(name: string): string {
  return stripTypeScriptTypes(readFileSync(resolve(import.meta.dirname, name), "utf8"));
}

function parseLine(message: string): Record<string, unknown> {
  try {
    return JSON.parse(message) as Record<string, unknown>;
  } catch {
    return { text: message };
  }
}
