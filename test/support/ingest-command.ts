import { type ChildProcess, spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";

const command = join(import.meta.dirname, "..", "..", "src", "cli", "tessera.mjs");

/** How a command ended, and the images of its report where that is JSON. */
export interface IngestEnding {
  readonly status: number | null;
  readonly printed: string;
  readonly images: readonly { readonly identifier: string; readonly status: string }[];
  readonly said: string;
}

/** Makes the folders of a test: `images` for the sources, `tmp` for what is temporary. */
export async function layFolders(folder: string): Promise<void> {
  for (const name of ["images", "tmp"]) await mkdir(join(folder, name));
}

/** Lays small pictures among the sources, each of another colour. */
export async function layPictures(folder: string, ...names: readonly string[]): Promise<void> {
  for (const [index, name] of names.entries()) {
    const background = { r: 40 * index, g: 120, b: 200 };
    const picture = sharp({ create: { width: 700, height: 500, channels: 3, background } });
    await picture.png().toFile(join(folder, "images", name));
  }
}

/** Starts the command over the sources of `folder` as a person does, with temporary files in a folder of its own. */
export function startIngest(
  folder: string,
  place: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): ChildProcess {
  return startCommand(
    folder,
    ["ingest", join(folder, "images"), "--jobs", "1", "--json", "--no-objects", ...place],
    environment,
  );
}

/** Starts a command in `folder`, with temporary files in its `tmp`. */
export function startCommand(
  folder: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): ChildProcess {
  return spawn(process.execPath, [command, ...args], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, TMPDIR: join(folder, "tmp"), ...environment },
  });
}

/** Waits for the end of a command. */
export async function endOf(child: ChildProcess): Promise<IngestEnding> {
  let printed = "";
  let said = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const status = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { status, printed, images: printed.startsWith("{") ? JSON.parse(printed).images : [], said };
}
