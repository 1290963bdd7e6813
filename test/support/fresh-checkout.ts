import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bindGroup, signalGroup } from "../../src/node/process-group.ts";
import { personalEnvironment } from "../docs/shell-session.ts";
import { testPort } from "./test-port.ts";

const root = join(import.meta.dirname, "..", "..");

/** What a checkout has after `npm install` and a build, so far as commands use it. */
const parts = [
  "build",
  "demo",
  "deploy",
  "docs",
  "src",
  "test",
  "wasm",
  "package.json",
  "tsconfig.json",
  "wrangler.toml",
  "wrangler.jobs.toml",
];

/** Starting takes a build and the demonstration: seconds, on a busy machine more. */
const startSeconds = 100;
const stopSeconds = 10;

/** A copy of the project in which nothing is stored yet, with `npm start` running in it. */
export interface FreshCheckout {
  readonly folder: string;
  /** Host and port that the service printed. */
  readonly host: string;
  /** Everything that npm start printed so far. */
  readonly printed: () => string;
  readonly remove: () => Promise<void>;
}

/** Copies the project and runs `npm start` in the copy. Throws, with what was printed, when no address is printed in time. */
export async function startFreshCheckout(): Promise<FreshCheckout> {
  const folder = await mkdtemp(join(tmpdir(), "tessera-checkout-"));
  const isKept = (path: string): boolean => !/[\\/]build[\\/](?:compile-cache|bench|screenshots)/.test(path);
  for (const part of parts) await cp(join(root, part), join(folder, part), { recursive: true, filter: isKept });
  await waitLongerForCaches(join(folder, "wrangler.toml"));
  await symlink(join(root, "node_modules"), join(folder, "node_modules"), "dir");
  const child = spawn("npm", ["start"], {
    cwd: folder,
    detached: true,
    env: { ...personalEnvironment(), PORT: String(await testPort()) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const group = bindGroup(child, stopSeconds);
  const remove = async (): Promise<void> => {
    await group.end(() => signalGroup(child, "SIGTERM"));
    await rm(folder, { recursive: true, force: true });
  };
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
  }
  const late = AbortSignal.timeout(startSeconds * 1000);
  while (child.exitCode === null && !late.aborted) {
    const [, host] = /^Front page +http:\/\/(\S+)\/$/m.exec(printed) ?? [];
    if (host !== undefined) return { folder, host, printed: () => printed, remove };
    await Promise.race([once(child.stdout, "data", { signal: late }), once(child, "exit")]).catch(() => {});
  }
  await remove();
  throw new Error(`npm start printed no address.\n${printed}`);
}

/** On a busy machine the local cache may take more than the second that it is given as shipped, which is a miss. */
async function waitLongerForCaches(path: string): Promise<void> {
  const settings = await readFile(path, "utf8");
  await writeFile(path, settings.replace(/^CACHE_TIMEOUT_SECONDS = .*$/m, 'CACHE_TIMEOUT_SECONDS = "30"'));
}
