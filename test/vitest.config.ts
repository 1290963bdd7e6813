import { resolve } from "node:path";
import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

const root = resolve(import.meta.dirname, "..");

/** Three projects: `node` for what is pure, `workerd` for what needs the platform, `browser` for what a person sees of a running service. */
export default defineConfig({
  test: {
    projects: [
      {
        root,
        test: {
          name: "node",
          include: [
            "test/unit/**/*.test.ts",
            "test/kernel/**/*.test.ts",
            "test/ingest/**/*.test.ts",
            "test/hostile/**/*.test.ts",
            "test/layers.test.ts",
          ],
        },
      },
      {
        root,
        plugins: [cloudflareTest({ wrangler: { configPath: resolve(root, "wrangler.toml") } })],
        test: {
          name: "workerd",
          globalSetup: ["test/support/oracle-server.ts"],
          include: ["test/integration/**/*.test.ts", "test/conformance/**/*.test.ts"],
        },
      },
      {
        root,
        test: {
          name: "platform",
          globalSetup: ["test/support/platform/bundle.ts"],
          include: ["test/platform/**/*.test.ts"],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        root,
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts", "test/corpus/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
