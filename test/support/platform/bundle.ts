import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { bundleWorker } from "./platform.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Folder of the Worker as it is deployed. */
    readonly bundle: string;
  }
}

/** Where the bundle lies that another project of this run has made. */
const folderVariable = "TESSERA_TEST_BUNDLE";

/** Bundles the Worker once for all tests that run it as it is deployed, whichever project they are of. */
export default function bundleOnce(project: TestProject): () => void {
  const made = process.env[folderVariable];
  const folder = made ?? mkdtempSync(join(tmpdir(), "tessera-bundle-"));
  if (made === undefined) bundleWorker(folder);
  process.env[folderVariable] = folder;
  project.provide("bundle", folder);
  return () => {
    // Those that were given it have ended by then: global teardowns come last.
    if (made === undefined) rmSync(folder, { recursive: true, force: true });
  };
}
