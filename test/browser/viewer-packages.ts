import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { projectFolder } from "../../demo/masters.ts";

const run = promisify(execFile);

/**
 * Viewers as npm has them. They are no dependencies of the project: with all that they were bundled from they would bring
 * 800 MB and some 600 packages, of which these files need nothing.
 */
const viewers = {
  mirador: {
    version: "4.0.0",
    integrity: "sha512-uWsE9e2oqSc/lUu+vVwDGhTsycuhGsfZ2KfX6CLfXiT3wgGy6qT9+q5M3V9Zz72hkdIgsJugKesaowmRtYmvrA==",
  },
  universalviewer: {
    version: "4.4.0",
    integrity: "sha512-9OVs6uCzeQYw50jg8k2vEGq6hQFu7kEv9OOAlmqVH9duhrpg1xlIqcMIb2rhNQnAxTQd3R13gxJze9UYkiwdzg==",
  },
} as const;

const home = join(projectFolder, "build", "viewers");
const nameOf = (viewer: Viewer): string => `${viewer}-${viewers[viewer].version}`;

export type Viewer = keyof typeof viewers;
export const viewerNames = Object.keys(viewers) as readonly Viewer[];

/** Returns the folder of a viewer's files; undefined where `npm run viewers` has not fetched them. */
export function viewerFolder(viewer: Viewer): string | undefined {
  const folder = join(home, nameOf(viewer), "package", "dist");
  return existsSync(folder) ? folder : undefined;
}

/** Fetches a viewer by npm, unless it is there. Throws when it can't be had, or is not what was tested. */
export async function fetchViewer(viewer: Viewer): Promise<void> {
  if (viewerFolder(viewer) !== undefined) return;
  const { version, integrity } = viewers[viewer];
  const folder = join(home, nameOf(viewer));
  const unpacked = `${folder}-${process.pid}`;
  await mkdir(unpacked, { recursive: true });
  await run("npm", ["pack", `${viewer}@${version}`, "--silent", "--pack-destination", unpacked]);
  const archive = join(unpacked, `${nameOf(viewer)}.tgz`);
  const hash = createHash("sha512").update(await readFile(archive));
  const found = `sha512-${hash.digest("base64")}`;
  if (found !== integrity) throw new Error(`${viewer} ${version} is not what was tested: ${found}`);
  await run("tar", ["-xzf", archive, "-C", unpacked]);
  await rename(unpacked, folder);
}
