import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { unstable_readConfig as readConfig } from "wrangler";
import { withBatches } from "../../deploy/local-jobs.ts";

const stated = await readFile(join(import.meta.dirname, "../../wrangler.jobs.toml"), "utf8");

it("the Worker of jobs of one's own machine takes several messages together, and is as deployed in all else", async () => {
  const folder = await mkdtemp(join(tmpdir(), "tessera-local-jobs-"));
  try {
    const [own, deployed] = await Promise.all(
      [withBatches(stated, { queue: "tessera-items", atOnce: 2 }), stated].map(async (text, index) => {
        const config = join(folder, `${index}.toml`);
        await writeFile(config, text);
        const { configPath: _, userConfigPath: __, ...read } = readConfig({ config });
        return read;
      }),
    );
    expect(own?.compatibility_flags).toEqual(["queue_consumer_no_wait_for_wait_until"]);
    expect(own?.vars.ITEMS_AT_ONCE).toBe("2");
    expect(
      own?.queues.consumers?.map((consumer: { readonly max_batch_size?: number }) => consumer.max_batch_size),
    ).toEqual([8, 10, 1]);
    const [items, ...others] = own?.queues.consumers ?? [];
    expect({
      ...own,
      compatibility_flags: deployed?.compatibility_flags,
      vars: { ...own?.vars, ITEMS_AT_ONCE: "4" },
      queues: { ...own?.queues, consumers: [{ ...items, max_batch_size: 1 }, ...others] },
    }).toEqual(deployed);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

it("a file whose queue no Worker takes from, or which has flags of its own, is refused", () => {
  expect(() => withBatches(stated, { queue: "others", atOnce: 2 })).toThrow("no consumer of the queue others");
  const flagged = `compatibility_flags = ["nodejs_compat"]\n${stated}`;
  expect(() => withBatches(flagged, { queue: "tessera-items", atOnce: 2 })).toThrow("compatibility_flags");
});
