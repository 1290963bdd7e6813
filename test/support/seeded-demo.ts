import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { seed } from "../../demo/seed.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** A state folder in which the demonstration is stored: for copies, that no test changes what another sees. */
    readonly seededDemo: string;
  }
}

/** Stores the demonstration once for all files that look at it: each time takes ten seconds of computing. */
export default async function seedDemo(project: TestProject): Promise<() => Promise<void>> {
  const stateFolder = await mkdtemp(join(tmpdir(), "tessera-seeded-"));
  await seed({ stateFolder });
  project.provide("seededDemo", stateFolder);
  return () => rm(stateFolder, { recursive: true, force: true });
}
