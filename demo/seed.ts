import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readFolder } from "../src/node/changed-file.ts";
import { quietEnvironment } from "../src/node/quiet-environment.ts";
import { projectFolder } from "./masters.ts";

/** Where `wrangler dev` keeps its storage by default. */
export const defaultStateFolder = join(projectFolder, ".wrangler", "state");

/** The folders of the demonstration's images, and the tables that say what they are, from the project's folder. */
const folders = ["demo/masters", "demo/atlases"];
const tables = { records: "demo/records.csv", objects: "demo/objects.csv", collections: "demo/collections.csv" };

/** Where the demonstration is stored, and what stops that. */
interface SeedOptions {
  /** What `wrangler dev --persist-to` is given. */
  readonly stateFolder?: string;
  readonly signal?: AbortSignal;
}

/**
 * Stores the demonstration as anybody stores a collection: by `tessera ingest`, with its tables, and `tessera index`. What
 * has been stored once is not stored again until it changes, so that what was deleted since stays deleted. Throws, with what
 * the commands said, when one of them fails.
 */
export async function seed({ stateFolder = defaultStateFolder, signal }: SeedOptions = {}): Promise<"stored" | "kept"> {
  const note = join(stateFolder, "demonstration.txt");
  const digest = await digestOfSources();
  if ((await readFile(note, "utf8").catch(() => "")) === digest) return "kept";
  const state = ["--to", "local", "--state", stateFolder];
  const columns = Object.entries(tables).flatMap(([name, path]) => [`--${name}`, path]);
  await run(["ingest", ...folders, ...state, ...columns, "--repack"], signal);
  await run(["index", ...state], signal);
  await mkdir(stateFolder, { recursive: true });
  await writeFile(note, digest);
  return "stored";
}

/** A digest of all that is stored, and of nothing else: names and contents, in order. */
async function digestOfSources(): Promise<string> {
  const hash = createHash("sha256");
  for (const folder of folders) {
    const files = await readFolder(join(projectFolder, folder));
    for (const name of [...files.keys()].sort()) hash.update(name).update(files.get(name) ?? "");
  }
  for (const path of Object.values(tables)) hash.update(await readFile(join(projectFolder, path)));
  return hash.digest("hex");
}

/** Runs a command of the project. Throws, with what it printed, unless it ends well. */
async function run(args: readonly string[], signal: AbortSignal | undefined): Promise<void> {
  const command = join(projectFolder, "src", "cli", "tessera.mjs");
  const child = spawn(process.execPath, [command, ...args], {
    cwd: projectFolder,
    env: { ...process.env, ...quietEnvironment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const stop = (): void => void child.kill("SIGTERM");
  signal?.addEventListener("abort", stop);
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
  }
  const status = await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
  signal?.removeEventListener("abort", stop);
  signal?.throwIfAborted();
  if (status !== 0) throw new Error(`The demonstration could not be stored: tessera ${args[0]} failed.\n${printed}`);
}
