import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getPlatformProxy } from "wrangler";
import { projectFolder } from "../../demo/masters.ts";
import { type DemoServer, startServer } from "../../demo/server.ts";
import { testPort } from "../support/test-port.ts";
import type { CorpusFile } from "./corpus.ts";

/** A service over a corpus. */
export interface CorpusServer {
  /** The URI of its images, up to the identifier: the name of the file. */
  readonly base: string;
  readonly stop: () => Promise<void>;
}

/** Stores the files in a local bucket of their own and starts the service over it. Throws what either throws. */
export async function serveCorpus(files: readonly CorpusFile[]): Promise<CorpusServer> {
  const stateFolder = mkdtempSync(join(tmpdir(), "tessera-corpus-"));
  const proxy = await getPlatformProxy<{ readonly MASTERS: R2Bucket }>({
    configPath: join(projectFolder, "wrangler.toml"),
    persist: { path: join(stateFolder, "v3") },
  });
  for (const { name, path } of files) await proxy.env.MASTERS.put(name, readFileSync(path));
  await proxy.dispose();
  const server: DemoServer = await startServer({ port: await testPort(), stateFolder });
  return {
    base: `${server.url}/iiif/3`,
    stop: async () => {
      await server.stop();
      rmSync(stateFolder, { recursive: true, force: true });
    },
  };
}
