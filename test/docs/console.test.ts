import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FreshCheckout, startFreshCheckout } from "../support/fresh-checkout.ts";
import { outputPattern, readConsoleBlocks } from "./console-blocks.ts";
import { runSession } from "./shell-session.ts";

const root = join(import.meta.dirname, "..", "..");

/** The README first: it shows the first answers of a service that was never asked. */
const documents = ["README.md", "CONTRIBUTING.md", ...globSync("docs/*.md", { cwd: root }).sort()].map((path) => {
  const blocks = readConsoleBlocks(readFileSync(join(root, path), "utf8"));
  return { path, blocks: blocks.map((block) => ({ ...block, name: `${path}:${block.line}` })) };
});
const allBlocks = documents.flatMap(({ blocks }) => blocks);

/** The address that the documents write. */
const writtenHost = "127.0.0.1:8787";

let checkout: FreshCheckout;
beforeAll(async () => {
  checkout = await startFreshCheckout();
});
afterAll(() => checkout?.remove());

/** Returns what the commands of the blocks print, by block, with the address that the documents write. */
async function runBlocks(blocks: typeof allBlocks): Promise<ReadonlyMap<string, readonly string[]>> {
  const commands = blocks.flatMap(({ setUp, commands: shown }) => [...setUp, ...shown.map(({ text }) => text)]);
  const asked = commands.map((command) => command.replaceAll(writtenHost, checkout.host));
  const outputs = (await runSession(asked, checkout.folder)).values();
  const next = (): string => (outputs.next().value ?? "").replaceAll(checkout.host, writtenHost);
  return new Map(
    blocks.map(({ name, setUp, commands: shown }) => {
      for (const _ of setUp) next();
      return [name, shown.map(next)];
    }),
  );
}

describe("the documents", () => {
  it("have console blocks that are run, and name those that are not with the reason", () => {
    expect(allBlocks.filter(({ notRun }) => notRun === undefined).length).toBeGreaterThanOrEqual(14);
    expect(
      allBlocks.flatMap(({ name, notRun }) => (notRun === undefined ? [] : [`${name.split(":")[0]}: ${notRun}`])),
    ).toEqual(["docs/masters.md: needs the vips command"]);
  });

  for (const { path, blocks } of documents) {
    const run = blocks.filter(({ notRun }) => notRun === undefined);
    if (run.length === 0) continue;
    describe(path, () => {
      let printed: ReadonlyMap<string, readonly string[]>;
      beforeAll(async () => {
        printed = await runBlocks(run);
      });

      it.each(run)("shows at $name what comes", ({ name, commands, varying }) => {
        for (const [index, { text, shown }] of commands.entries()) {
          // What ends without a line break stands on a line of its own in the document.
          const came = (printed.get(name)?.[index] ?? "").replace(/[^\n]$/, "$&\n");
          if (!outputPattern(shown, varying).test(came))
            expect(came, text).toBe(shown.map((line) => `${line}\n`).join(""));
        }
      });
    });
  }
});
