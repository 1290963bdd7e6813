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

/** Bundles the Worker once for all tests of the platform. */
export default function bundleOnce(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), "tessera-bundle-"));
  bundleWorker(folder);
  project.provide("bundle", folder);
  return () => rmSync(folder, { recursive: true, force: true });
}
