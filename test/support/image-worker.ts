import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { unstable_getMiniflareWorkerOptions } from "wrangler";

const root = resolve(import.meta.dirname, "../..");

/**
 * Small pictures are kept as large ones are, what one file of tests stores is seen by the next, and nobody waits for counts or
 * on a busy machine's cache.
 */
const changed = {
  ...{ MASTER_TTL_SECONDS: "0", STATISTICS_SECONDS: "0", CACHE_TIMEOUT_SECONDS: "30" },
  ...{ STORE_ABOVE_PIXELS: "1", STORE_AT_ONCE_ABOVE_PIXELS: "1", CACHE_ABOVE_PIXELS: "0" },
};

/** Its log would stand among the tests. */
const quiet = `
console.log = () => undefined;
export * from "./worker.js";
export { default } from "./worker.js";
`;

/** Returns the Worker of images, bundled in `folder`, as one that stands beside another, with the same buckets. */
export function imageWorker(folder: string) {
  const { workerOptions } = unstable_getMiniflareWorkerOptions(resolve(root, "wrangler.toml"));
  const { compatibilityDate, compatibilityFlags, bindings } = workerOptions as Readonly<Record<string, unknown>>;
  const names = readdirSync(folder).filter((name) => /\.(?:js|wasm)$/.test(name));
  return {
    name: "tessera",
    compatibilityDate: String(compatibilityDate),
    compatibilityFlags: compatibilityFlags as string[],
    modulesRoot: folder,
    // The first module is the one that is run.
    modules: [
      { type: "ESModule" as const, path: join(folder, "quiet.js"), contents: quiet },
      ...names.map((name) => ({
        type: name.endsWith(".js") ? ("ESModule" as const) : ("CompiledWasm" as const),
        path: join(folder, name),
        contents: readFileSync(join(folder, name)),
      })),
    ],
    bindings: { ...(bindings as Record<string, string>), ...changed },
    durableObjects: { LEDGER: { className: "Ledger", useSQLite: true } },
    r2Buckets: { MASTERS: "tessera-masters", CATALOGUE: "tessera-catalogue", DERIVATIVES: "tessera-derivatives" },
  };
}
