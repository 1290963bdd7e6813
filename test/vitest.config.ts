import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

const root = resolve(import.meta.dirname, "..");

/** Ends what hangs, and nothing else: the slowest test takes thirty seconds on a machine of two slow cores that is busy. */
const longTimeout = 120_000;

/** Options that each project has to be given again: only those of the run itself are taken from the root. */
const shared = {
  /** No test or hook sets a time of its own. */
  testTimeout: longTimeout,
  // The longest hook runs the commands of docs/operating.md, each as a process: 100 seconds on two cores that are free.
  hookTimeout: 300_000,
  /** Files of a project that share a worker start in no time: starting Node or workerd costs more than most of them. */
  isolate: false,
  /** Wrangler is compiled once a machine, not by each of the fifty processes that load it. */
  env: { NODE_COMPILE_CACHE: resolve(root, "build/compile-cache") },
  setupFiles: ["test/support/equal-bytes.ts"],
};

/**
 * Unit tests start no process. Those that are not tagged as slow take three seconds at the most on two slow cores, and
 * all of them together four and a half minutes of computing: half of that on two cores that are free.
 */
const unitTimeout = { testTimeout: 30_000, hookTimeout: 30_000 } as const;

/**
 * Six projects: `node` for the unit tests, `cli` for the command line and the processes it starts, `workerd` for what
 * needs the platform, `jobs` for the Worker that works on tasks, `platform` for the platform as a server, `browser` for what a person sees of a running service.
 * They are started in the order of their names, the browser first, which waits more than it works.
 */
export default defineConfig({
  test: {
    // One more than there are cores: tests that start processes wait for them half of their time.
    maxWorkers: availableParallelism() + 1,
    // The log lines of the Worker are shown with tests that fail.
    silent: "passed-only",
    /**
     * `slow` marks tests of more than a second that try many cases: random ones of a fixed seed, or every place of a
     * file. Their cases are counted, so that they take as long on each run. `npm run vitest -- --tags-filter='!slow'`
     * leaves them out.
     */
    tags: [{ name: "slow", description: "Tries many cases: more than a second.", timeout: longTimeout }],
    projects: [
      {
        root,
        test: {
          ...shared,
          ...unitTimeout,
          name: "node",
          include: [
            "test/unit/**/*.test.ts",
            "test/kernel/**/*.test.ts",
            "test/hostile/**/*.test.ts",
            "test/layers.test.ts",
            "test/docs/console-blocks.test.ts",
            "test/docs/kinds.test.ts",
            "test/docs/limits.test.ts",
            "test/docs/variables.test.ts",
          ],
        },
      },
      { root, test: { ...shared, name: "cli", include: ["test/cli/**/*.test.ts"] } },
      {
        root,
        plugins: [
          cloudflareTest({
            wrangler: { configPath: resolve(root, "wrangler.toml") },
            // What is written of a request is looked at.
            miniflare: { bindings: { LOG_SAMPLE: "1" } },
          }),
        ],
        test: {
          ...shared,
          name: "workerd",
          globalSetup: [
            "test/support/oracle-server.ts",
            "test/support/schema-server.ts",
            "test/support/viewers/viewer-server.ts",
          ],
          setupFiles: [...shared.setupFiles, "test/support/fresh-isolate.ts"],
          include: ["test/integration/**/*.test.ts", "test/conformance/**/*.test.ts"],
        },
      },
      {
        root,
        plugins: [
          cloudflareTest(async ({ inject }) => ({
            wrangler: { configPath: resolve(root, "wrangler.jobs.toml") },
            miniflare: {
              // Loads wrangler, which the other projects do without.
              workers: [(await import("./support/image-worker.ts")).imageWorker(inject("bundle"))],
              // Images that a test makes in no time are large.
              bindings: { LARGE_ABOVE_MEGAPIXELS: "2" },
              // As deploy/local-jobs.ts has it.
              compatibilityFlags: ["queue_consumer_no_wait_for_wait_until"],
              // The pauses between tries double: eight of them take four minutes.
              queueConsumers: {
                "tessera-items": {
                  maxBatchSize: 16,
                  maxBatchTimeout: 0,
                  maxRetries: 2,
                  deadLetterQueue: "tessera-items-dead",
                },
                "tessera-items-dead": { maxBatchSize: 10, maxBatchTimeout: 0 },
                "tessera-inbox": { maxBatchSize: 1, maxBatchTimeout: 0 },
              },
            },
          })),
        ],
        test: {
          ...shared,
          name: "jobs",
          globalSetup: ["test/support/platform/bundle.ts", "test/support/viewers/viewer-server.ts"],
          setupFiles: [...shared.setupFiles, "test/support/fresh-jobs.ts"],
          include: ["test/jobs/**/*.test.ts"],
        },
      },
      {
        root,
        test: {
          ...shared,
          name: "platform",
          globalSetup: ["test/support/platform/bundle.ts"],
          include: ["test/platform/**/*.test.ts"],
        },
      },
      {
        root,
        test: {
          ...shared,
          name: "browser",
          globalSetup: ["test/support/seeded-demo.ts"],
          include: ["test/browser/**/*.test.ts", "test/corpus/**/*.test.ts", "test/docs/console.test.ts"],
        },
      },
    ],
  },
});
