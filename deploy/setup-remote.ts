/**
 * Sets up what the service needs in the account and what wrangler.toml can't declare: `npm run setup:remote`. With
 * `--dry-run` it prints what it would run and runs nothing; `--config FILE` names another Wrangler file, and `--jobs FILE` that
 * of the Worker of jobs.
 */
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { unstable_readConfig as readConfig } from "wrangler";
import { jobsFile } from "./jobs-binding.ts";
import { jobsPlacesOf, setUpJobs } from "./jobs-setup.ts";
import { bucketsOf, type CommandResult, type SetupTools, setUpRemote } from "./remote-setup.ts";

/** For how long one command of wrangler may take. */
const commandSeconds = 120;

function runWrangler(args: readonly string[]): Promise<CommandResult> {
  // By its name, so that it is the one that npm puts on the path.
  const child = spawn("wrangler", args, {
    stdio: ["ignore", "pipe", "pipe"],
    shell: process.platform === "win32",
    timeout: commandSeconds * 1000,
    env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0", WRANGLER_HIDE_BANNER: "true" },
  });
  const printed: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text) => printed.push(text));
  return new Promise((resolve) => {
    child.once("error", (error) => resolve({ isDone: false, output: error.message }));
    child.once("close", (code, signal) => {
      const ended = signal === null ? "" : `\nIt was ended (${signal}) after ${commandSeconds} seconds.`;
      resolve({ isDone: code === 0, output: printed.join("") + ended });
    });
  });
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      "dry-run": { type: "boolean", default: false },
      config: { type: "string", default: join(import.meta.dirname, "..", "wrangler.toml") },
      jobs: { type: "string", default: join(import.meta.dirname, "..", jobsFile) },
    },
  });
  const isDryRun = values["dry-run"];
  const folder = await mkdtemp(join(tmpdir(), "tessera-setup-"));
  try {
    const tools: SetupTools = {
      async run(args) {
        console.log(`wrangler ${args.join(" ")}`);
        return isDryRun ? { isDone: true, output: "" } : runWrangler(args);
      },
      async lay(name, text) {
        const file = join(folder, name);
        if (isDryRun) console.log(`# ${file}: ${text.trim()}`);
        else await writeFile(file, text);
        return file;
      },
      now: () => new Date(),
    };
    await setUpRemote(bucketsOf(readConfig({ config: values.config }).r2_buckets, values.config), tools);
    await setUpJobs(jobsPlacesOf(readConfig({ config: values.jobs }), values.jobs), tools);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  console.log(isDryRun ? "Nothing was changed." : "Buckets, queues and rules are set up.");
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error("To deploy without this step: npm run build && npx wrangler deploy");
  process.exitCode = 1;
}
