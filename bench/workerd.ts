import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Source } from "./sources.ts";
import { benchFolder, sourcesFolder } from "./sources.ts";

/** A server that is measured, on a port of the loopback interface. */
export interface Peer {
  readonly name: string;
  /** What answers, with its version. */
  readonly program: string;
  readonly port: number;
  /** Processes whose use counts: the first is the service, others are proxies before it. */
  readonly pids: readonly number[];
  pathOf(source: Source, request: string): string;
  stop(): void;
}

const root = resolve(import.meta.dirname, "..");
const distFolder = `${benchFolder}/dist`;
const compatibilityDate = "2026-11-02";

/** What differs from wrangler.toml: nothing is refused because of its size, and no derivative is stored. */
const settings: Readonly<Record<string, string>> = {
  MAX_WIDTH: "65535",
  MAX_HEIGHT: "65535",
  MAX_AREA: "1000000000",
  STORE_ABOVE_PIXELS: "1000000000000",
  KEY_TEMPLATE: "{identifier}.tif",
};

/** Without any cache: no picture is looked for in the Cache API or put there. */
const keptNowhere: Readonly<Record<string, string>> = { CACHE_ABOVE_PIXELS: "1000000000000" };

/** How the Worker is served. */
export interface WorkerdChoice {
  readonly name?: string;
  /** Whether drawn pictures are looked for in the Cache API, which has none, and put there: by default as deployed. */
  readonly keeps?: boolean;
  /** Where the inspector listens, which slows the Worker. */
  readonly inspectorPort?: number;
  readonly v8Flags?: readonly string[];
}

/**
 * Bundles the Worker as it is deployed and serves it with workerd, pinned to one core; on the next port a Worker that
 * only reads, or looks up and puts as well, as a floor. Throws when that fails.
 */
export async function startWorkerd(
  port: number,
  core: number,
  { name = "tessera", keeps = true, inspectorPort, v8Flags = [] }: WorkerdChoice = {},
): Promise<Peer> {
  // Modules of an earlier build have other names, and would be loaded too.
  rmSync(distFolder, { recursive: true, force: true });
  const wrangler = resolve(root, "node_modules/wrangler/bin/wrangler.js");
  const bundled = execFileSync(process.execPath, [wrangler, "deploy", "--dry-run", "--outdir", distFolder], {
    cwd: root,
    encoding: "utf8",
  });
  const configuration = `${benchFolder}/workerd.capnp`;
  const variables = { ...readVariables(bundled), ...settings, ...(keeps ? {} : keptNowhere) };
  writeFileSync(configuration, formatConfiguration({ port, variables, v8Flags }));
  const workerd = resolve(root, "node_modules/@cloudflare/workerd-linux-64/bin/workerd");
  const options = inspectorPort === undefined ? [] : [`--inspector-addr=127.0.0.1:${inspectorPort}`];
  const command = ["-c", String(core), workerd, "serve", ...options, configuration];
  const server = spawn("taskset", command, { stdio: "ignore" });
  await untilAnswering(port, server);
  return {
    name,
    program: execFileSync(workerd, ["--version"], { encoding: "utf8" }).trim(),
    port,
    pids: [pidOf(server)],
    pathOf: (source, request) => `/iiif/3/${source.name}/${request}`,
    // With an inspector attached it ignores a request to end.
    stop: () => server.kill("SIGKILL"),
  };
}

/** The variables of wrangler.toml, as the bundler lists them. */
function readVariables(bundled: string): Record<string, string> {
  const found = bundled.matchAll(/^env\.([A-Z_]+) \("(.*?)"\)/gm);
  return Object.fromEntries(Array.from(found, ([, name = "", value = ""]) => [name, value]));
}

function formatConfiguration({
  port,
  variables,
  v8Flags,
}: {
  port: number;
  variables: Readonly<Record<string, string>>;
  v8Flags: readonly string[];
}): string {
  const modules = readdirSync(distFolder)
    .filter((name) => /\.(?:js|wasm)$/.test(name))
    // The first module is the one that is run.
    .sort((a, b) => Number(b === "worker.js") - Number(a === "worker.js"))
    .map((name) => `(name = "${name}", ${name.endsWith(".js") ? "esModule" : "wasm"} = embed "dist/${name}")`);
  const bindings = Object.entries(variables).map(
    ([name, value]) => `(name = "${name}", text = ${JSON.stringify(value)})`,
  );
  const bucket = 'wrapped = (moduleName = "bench:disk-bucket", innerBindings = [(name = "DISK", service = "disk")])';
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  v8Flags = ${JSON.stringify(v8Flags)},
  extensions = [(modules = [
    (name = "bench:disk-bucket", internal = true, esModule = embed "../../bench/workers/disk-bucket.js")
  ])],
  services = [
    (name = "tessera", worker = (
      modules = [${modules.join(", ")}],
      compatibilityDate = "${compatibilityDate}",
      bindings = [
        (name = "MASTERS", ${bucket}),
        (name = "CATALOGUE", ${bucket}),
        (name = "DERIVATIVES", ${bucket}),
        ${bindings.join(",\n        ")}
      ],
      cacheApiOutbound = "no-cache",
    )),
    (name = "floor", worker = (
      modules = [(name = "floor.js", esModule = embed "../../bench/workers/floor.js")],
      compatibilityDate = "${compatibilityDate}",
      bindings = [(name = "MASTERS", ${bucket})],
      cacheApiOutbound = "no-cache",
    )),
    (name = "no-cache", worker = (
      modules = [(name = "no-cache.js", esModule = embed "../../bench/workers/no-cache.js")],
      compatibilityDate = "${compatibilityDate}",
    )),
    (name = "disk", disk = (path = "${sourcesFolder}")),
  ],
  sockets = [
    (name = "http", address = "127.0.0.1:${port}", http = (), service = "tessera"),
    (name = "floor", address = "127.0.0.1:${port + 1}", http = (), service = "floor"),
  ],
);
`;
}

/** Waits until something answers on a port, at most ten seconds. Throws when the process ends before. */
export async function untilAnswering(port: number, server: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (server.exitCode !== null) throw new Error(`the server on port ${port} ended with ${server.exitCode}`);
    try {
      await (await fetch(`http://127.0.0.1:${port}/health`)).bytes();
      return;
    } catch {
      await new Promise((done) => setTimeout(done, 100));
    }
  }
  throw new Error(`nothing answers on port ${port}`);
}

/** Returns the process's id. Throws when it could not be started. */
export function pidOf(server: ChildProcess): number {
  if (server.pid === undefined) throw new Error("a server could not be started");
  return server.pid;
}
