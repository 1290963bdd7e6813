import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { unstable_readConfig as readConfig } from "wrangler";

/** The Wrangler file that is made. */
const withJobsFile = "wrangler.with-jobs.toml";

/** The Wrangler file of the Worker of jobs. */
export const jobsFile = "wrangler.jobs.toml";

const imagesFile = "wrangler.toml";

/** By which the Worker of images calls that of jobs. */
const binding = "JOBS";
const entrypoint = "Tasks";

/**
 * Makes the Wrangler file of the Worker of images that is bound to the Worker of jobs. wrangler.toml has no such binding, for
 * one to a Worker that is not there yet can't be deployed, and the Deploy button deploys that file alone. Returns its path.
 */
export async function layWithJobs(folder: string): Promise<string> {
  const stated = await readFile(join(folder, imagesFile), "utf8");
  const { name } = readConfig({ config: join(folder, jobsFile) });
  const path = join(folder, withJobsFile);
  const text = withJobs(stated, name ?? "");
  // Servers that run watch the file, and start anew when it is written.
  if ((await readFile(path, "utf8").catch(() => "")) === text) return path;
  // Whole or not at all: another process may read it now.
  const part = `${path}.${process.pid}.part`;
  await writeFile(part, text);
  await rename(part, path);
  return path;
}

/** Returns a Wrangler file with the binding to the Worker of jobs, which is called `service`. */
export function withJobs(stated: string, service: string): string {
  const note = `# Made of ${imagesFile} by npm start and npm run deploy, each time. Change that one.\n`;
  const services = `[[services]]\nbinding = "${binding}"\nservice = "${service}"\nentrypoint = "${entrypoint}"\n`;
  return `${note}${stated.trimEnd()}\n\n${services}`;
}
