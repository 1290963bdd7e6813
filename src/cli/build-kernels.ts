import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { bindGroup } from "../node/process-group.ts";
import type { Terminal } from "../node/terminal.ts";

/** Compiling takes a few seconds. */
const compileMilliseconds = 300_000;

/** How much of the compiler's output is kept. */
const keptCharacters = 10_000;

/**
 * Compiles the kernels that check masters, with `npm run build:kernel`, unless they are compiled already. Throws an
 * error that names the command when that fails, and the signal's reason once it is aborted.
 */
export async function ensureKernel(
  projectFolder: string,
  { say, signal }: Pick<Terminal, "say" | "signal">,
): Promise<void> {
  if (existsSync(join(projectFolder, "build", "kernel.wasm"))) return;
  say(["Compiling the kernels (only needed once)."]);
  const child = spawn("npm", ["run", "--silent", "build:kernel"], {
    cwd: projectFolder,
    detached: true,
    shell: process.platform === "win32",
    stdio: ["ignore", "ignore", "pipe"],
  });
  const group = bindGroup(child, 0);
  let output = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    output = (output + text).slice(-keptCharacters);
  });
  group.killOn(AbortSignal.any([signal, AbortSignal.timeout(compileMilliseconds)]));
  const status = await new Promise<number | string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code) => resolve(code ?? "it was killed"));
  });
  signal.throwIfAborted();
  if (status === 0) return;
  say(output.trim().split("\n"));
  throw new Error(`The kernels could not be compiled (${status}). Run npm run build:kernel to see why.`);
}
