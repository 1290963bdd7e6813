import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { bindGroup } from "../node/process-group.ts";
import type { Terminal } from "../node/terminal.ts";

/** Compiling takes some seconds. */
const compileMilliseconds = 300_000;

/** What is kept of what the compiler says. */
const keptCharacters = 10_000;

/**
 * Makes sure that the kernels which check masters are compiled, by `npm run build:kernel` where they are not. Throws an
 * error that names the command when it fails, and the reason of the signal once it is aborted.
 */
export async function ensureKernel(
  projectFolder: string,
  { say, signal }: Pick<Terminal, "say" | "signal">,
): Promise<void> {
  if (existsSync(join(projectFolder, "build", "kernel.wasm"))) return;
  say(["Compiling the kernels, this once."]);
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
    child.once("close", (code) => resolve(code ?? "it was ended"));
  });
  signal.throwIfAborted();
  if (status === 0) return;
  say(output.trim().split("\n"));
  throw new Error(`The kernels can't be compiled (${status}). Run npm run build:kernel to see why.`);
}
