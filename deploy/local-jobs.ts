import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { unstable_readConfig as readConfig } from "wrangler";
import { readItemsAtOnce } from "../src/batch/items-at-once.ts";
import { jobsFile } from "./jobs-binding.ts";

/** With it a delivery is taken once it is acknowledged, while slow items of it go on. Source: Workers, compatibility flags. */
const flag = "queue_consumer_no_wait_for_wait_until";

/** Messages delivered together, for each item that is worked on at once: while a slow one takes its time, the others are done. */
const messagesEach = 4;

/**
 * Makes the Wrangler file of the Worker of jobs for one's own machine, where a queue has one delivery on its way whatever
 * `max_concurrency` says: several messages come together, and slow items keep no others waiting. `itemsAtOnce` stands in for
 * ITEMS_AT_ONCE. Returns its path.
 */
export async function layLocalJobs(folder: string, itemsAtOnce?: number): Promise<string> {
  const path = join(folder, `wrangler.local-jobs${itemsAtOnce === undefined ? "" : `-${itemsAtOnce}`}.toml`);
  const stated = await readFile(join(folder, jobsFile), "utf8");
  const { queues, vars } = readConfig({ config: join(folder, jobsFile) });
  const [producer] = queues.producers ?? [];
  const atOnce = itemsAtOnce ?? readItemsAtOnce(vars.ITEMS_AT_ONCE);
  const text = withBatches(stated, { queue: producer?.queue ?? "", atOnce });
  // Servers that run watch the file, and start anew when it is written.
  if ((await readFile(path, "utf8").catch(() => "")) === text) return path;
  // Whole or not at all: another process may read it now.
  const part = `${path}.${process.pid}.part`;
  await writeFile(part, text);
  await rename(part, path);
  return path;
}

/**
 * Returns a Wrangler file in which a queue delivers several messages together, `atOnce` of which are worked on at once. Throws
 * where the queue has no consumer, or the file has flags of its own.
 */
export function withBatches(
  stated: string,
  { queue, atOnce }: { readonly queue: string; readonly atOnce: number },
): string {
  if (/^compatibility_flags\b/m.test(stated))
    throw new Error(`${jobsFile} has compatibility_flags, which npm start sets.`);
  let isFound = false;
  const tables = stated.split(/^(?=\[)/m).map((table) => {
    if (/^\[vars\]/.test(table)) return setLine(table, "ITEMS_AT_ONCE", `"${atOnce}"`);
    if (!table.startsWith("[[queues.consumers]]") || !table.includes(`queue = "${queue}"\n`)) return table;
    isFound = true;
    return setLine(table, "max_batch_size", String(messagesEach * atOnce));
  });
  if (!isFound) throw new Error(`${jobsFile} has no consumer of the queue ${queue}.`);
  const [head = "", ...others] = tables;
  const note = `# Made of ${jobsFile} by npm start, each time. Change that one.\n`;
  return [note, setLine(head, "compatibility_flags", `["${flag}"]`), ...others].join("");
}

/** Sets a value in a table, in place of the one that it has. */
function setLine(table: string, name: string, value: string): string {
  const line = `${name} = ${value}`;
  const there = new RegExp(`^${name} *=.*$`, "m");
  return there.test(table) ? table.replace(there, line) : `${table.trimEnd()}\n${line}\n\n`;
}
