import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { parseEnv } from "node:util";
import { layWithJobs } from "../deploy/jobs-binding.ts";
import { layLocalJobs } from "../deploy/local-jobs.ts";
import { bindGroup, signalGroup } from "../src/node/process-group.ts";
import { quietEnvironment } from "../src/node/quiet-environment.ts";
import { projectFolder } from "./masters.ts";

/** A running `wrangler dev`. */
export interface DemoServer {
  /** Scheme, host and port, without a trailing slash. */
  readonly url: string;
  /** What who administers it shows: another one at each start. */
  readonly adminSecret: string;
  /** What it signs addresses, cookies and tokens with, `ID:SECRET`: that of `.dev.vars`, else another one at each start. */
  readonly accessSecret: string;
  /** Settles when the server ended, whoever ended it, with the last lines it printed. */
  readonly ended: Promise<string>;
  /** Ends the server and all its processes. */
  readonly stop: () => Promise<void>;
}

const host = "127.0.0.1";
const startSeconds = 60;
const stopSeconds = 5;
const keptLines = 30;

/**
 * Starts `wrangler dev` over the storage in `stateFolder` and waits until /health answers. Throws, with what wrangler
 * printed, when it ends early or does not answer within a minute, and when `signal` is aborted before.
 */
export async function startServer(options: {
  readonly port: number;
  readonly stateFolder: string;
  readonly signal?: AbortSignal;
  /** Takes each line that the server prints once it has started; without it, only what is wrong is printed at all. */
  readonly onLine?: (line: string) => void;
  /** Values in place of those of wrangler.toml. */
  readonly variables?: Readonly<Record<string, string>>;
  /** In place of ITEMS_AT_ONCE of wrangler.jobs.toml. */
  readonly itemsAtOnce?: number;
}): Promise<DemoServer> {
  const url = `http://${host}:${options.port}`;
  const command = join(projectFolder, "node_modules", "wrangler", "bin", "wrangler.js");
  const jobs = await layLocalJobs(projectFolder, options.itemsAtOnce);
  const files = ["-c", await layWithJobs(projectFolder), "-c", jobs];
  const flags = [...files, "--ip", host, "--port", String(options.port), "--inspector-port", "0"];
  for (const [name, value] of Object.entries(options.variables ?? {})) flags.push("--var", `${name}:${value}`);
  const level = options.onLine === undefined ? "warn" : "log";
  const adminSecret = randomBytes(24).toString("base64url");
  const secrets = join(options.stateFolder, "secrets.env");
  await mkdir(options.stateFolder, { recursive: true });
  await rm(secrets, { force: true });
  // A file that is named keeps wrangler from reading this one by itself.
  const own = join(projectFolder, ".dev.vars");
  const accessSecret = secretOf(own) ?? `local:${randomBytes(32).toString("base64url")}`;
  await writeFile(
    secrets,
    `ADMIN_SECRET=${adminSecret}
ACCESS_SECRET=${accessSecret}
`,
    { mode: 0o600 },
  );
  const variableFiles = [...(existsSync(own) ? ["--env-file", own] : []), "--env-file", secrets];
  const state = ["--persist-to", options.stateFolder, "--show-interactive-dev-session=false", "--log-level", level];
  const child = spawn(process.execPath, [command, "dev", ...flags, ...state, ...variableFiles], {
    cwd: projectFolder,
    detached: true,
    env: { ...process.env, ...quietEnvironment, WRANGLER_LOG: level },
    stdio: ["ignore", "pipe", "pipe"],
  });
  // Wrangler starts further processes, and does not look whether this one is still there.
  const group = bindGroup(child, 0);
  let isReady = false;
  const output = keepOutput(child, (line) => isReady && options.onLine?.(line));
  const ended = group.ended.then(() => output.join("\n"));
  const stop = async () => {
    signalGroup(child, "SIGTERM");
    await Promise.race([ended, wait(stopSeconds * 1000, undefined, { ref: false })]);
    await group.end(() => {});
  };
  try {
    await waitForHealth(url, { ended, signal: options.signal });
    isReady = true;
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, adminSecret, accessSecret, ended, stop };
}

/** Returns the secret of signed addresses that somebody has chosen for this machine; undefined without one. */
function secretOf(file: string): string | undefined {
  return existsSync(file) ? parseEnv(readFileSync(file, "utf8")).ACCESS_SECRET || undefined : undefined;
}

/** Returns the first free port from `first` on. Throws if none of a hundred is free. */
export async function freePort(first: number): Promise<number> {
  for (let port = first; port < first + 100; port += 1) if (await isFree(port)) return port;
  throw new Error(`No port from ${first} to ${first + 99} is free.`);
}

/** Returns whether a server can listen on `port` of this machine. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}

async function waitForHealth(
  url: string,
  { ended, signal }: { readonly ended: Promise<string>; readonly signal: AbortSignal | undefined },
): Promise<void> {
  const early = ended.then((output) => {
    throw new Error(`wrangler dev ended before it answered.\n${output}`);
  });
  // The end that `stop` causes must not reject for a caller that no longer waits.
  early.catch(() => undefined);
  for (const deadline = Date.now() + startSeconds * 1000; Date.now() < deadline; ) {
    signal?.throwIfAborted();
    if (await Promise.race([early, isHealthy(url)])) return;
    await Promise.race([early, wait(100)]);
  }
  throw new Error(`wrangler dev did not answer at ${url}/health within ${startSeconds} seconds.`);
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(5000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

/**
 * Passes on the lines that a process prints and collects the last of them; without a reader it would stand still once
 * the pipe is full.
 */
function keepOutput(child: ChildProcess, onLine: (line: string) => void): string[] {
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on("line", (line) => {
      if (line === "") return;
      lines.push(line);
      lines.splice(0, lines.length - keptLines);
      onLine(line);
    });
  }
  return lines;
}
