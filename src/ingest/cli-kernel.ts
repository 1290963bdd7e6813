import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/**
 * Makes sure that the kernels which check masters are compiled, by `npm run build:kernel` where they are not. Throws an
 * error that names the command when it fails.
 */
export async function ensureKernel(projectFolder: string, say: (line: string) => void): Promise<void> {
  if (existsSync(join(projectFolder, "build", "kernel.wasm"))) return;
  say("Compiling the kernels, this once.");
  const child = spawn("npm", ["run", "--silent", "build:kernel"], {
    cwd: projectFolder,
    shell: process.platform === "win32",
    stdio: ["ignore", "ignore", "pipe"],
  });
  let output = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  const status = await new Promise<number | string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code) => resolve(code ?? "stopped"));
  });
  if (status !== 0) {
    throw new Error(
      `The kernels can't be compiled (${status}). Run npm run build:kernel to see why.\n${output}`.trim(),
    );
  }
}
