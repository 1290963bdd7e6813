import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectFolder } from "../../demo/masters.ts";
import { type DemoServer, startServer } from "../../demo/server.ts";
import { localBuckets } from "../../src/bucket/local-buckets.ts";
import { checkedBytes } from "../../src/bucket/upload.ts";
import { formatWork, workKey } from "../../src/catalogue/work-record.ts";
import { makeTiff } from "../support/make-tiff.ts";
import { storeMasters } from "../support/store-masters.ts";
import { testPort } from "../support/test-port.ts";
import { makeWork } from "../support/works.ts";

/** What a service has that not everybody sees everything of. */
export interface Restrictions {
  /** What `rules.json` says. */
  readonly rules: object;
  /** The policy of each image, by its identifier. */
  readonly policies: Readonly<Record<string, object>>;
  /** The images of objects, by their keys; each is a page. */
  readonly objects?: Readonly<Record<string, readonly string[]>>;
  /** Of the Worker. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** A service that is running, with buckets of its own. */
export interface RestrictedSite {
  readonly server: DemoServer;
  readonly stateFolder: string;
  readonly objects: Readonly<Record<string, readonly string[]>>;
  readonly stop: () => Promise<void>;
}

/** The size of each image, in pixels, in tiles of 256. */
const restrictedSize = { width: 960, height: 1280 };

/** Stores an image for each policy, and starts the service over them. */
export async function startRestrictedSite({ variables, ...stored }: Restrictions): Promise<RestrictedSite> {
  const stateFolder = await mkdtemp(join(tmpdir(), "tessera-restricted-"));
  const remove = () => rm(stateFolder, { recursive: true, force: true });
  try {
    await storeRestricted(stateFolder, stored);
    const shortly = { MASTER_TTL_SECONDS: "0", ...variables };
    const server = await startServer({ port: await testPort(), stateFolder, variables: shortly });
    const stop = async () => {
      await server.stop();
      await remove();
    };
    return { server, stateFolder, objects: stored.objects ?? {}, stop };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function storeRestricted(stateFolder: string, { rules, policies, objects = {} }: Restrictions): Promise<void> {
  const files = Object.keys(policies).map((name) => join(stateFolder, `${name}.tif`));
  for (const file of files) await writeFile(file, await makeTiff({ ...restrictedSize, tile: 256, levels: 4 }));
  await storeMasters(files, stateFolder);
  const { catalogue, close } = localBuckets({ configFile: join(projectFolder, "wrangler.toml"), stateFolder });
  try {
    const put = (key: string, bytes: Uint8Array) =>
      catalogue.put(key, checkedBytes(bytes), { contentType: "application/json", metadata: {} });
    const encode = (value: object) => new TextEncoder().encode(JSON.stringify(value));
    await put("rules.json", encode(rules));
    for (const [identifier, policy] of Object.entries(policies))
      await put(`records/${identifier}.json`, encode({ identifier, metadata: [], ...restrictedSize, policy }));
    for (const [key, identifiers] of Object.entries(objects)) {
      const pages = identifiers.map((identifier) => ({
        key: identifier,
        ...restrictedSize,
        images: [{ identifier, ...restrictedSize, sizes: [] }],
      }));
      await put(workKey(key), formatWork(makeWork({ key, pages })));
    }
  } finally {
    await close();
  }
}
