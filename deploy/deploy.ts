/** Deploys the Worker of images and that of jobs, by wrangler: the last step of `npm run deploy`. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { deployWorkers } from "./deploy-workers.ts";
import { layWithJobs } from "./jobs-binding.ts";

const root = join(import.meta.dirname, "..");

/** By its name, so that it is the one that npm puts on the path. */
function runWrangler(args: readonly string[], stdio: "inherit" | "ignore"): Promise<boolean> {
  const child = spawn("wrangler", args, { cwd: root, stdio, shell: process.platform === "win32" });
  return new Promise((resolve) => {
    child.once("error", () => resolve(false));
    child.once("close", (code) => resolve(code === 0));
  });
}

const isDone = await deployWorkers({
  run: (args) => runWrangler(args, "inherit"),
  ask: (args) => runWrangler(args, "ignore"),
  layWithJobs: () => layWithJobs(root),
});
if (!isDone) process.exitCode = 1;
