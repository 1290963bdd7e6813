import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { localBuckets } from "../../src/bucket/local-buckets.ts";
import { shareLocalBuckets } from "../../src/bucket/open-local-buckets.ts";
import { formatWork, workKey } from "../../src/catalogue/work-record.ts";
import { runCommandLine } from "../../src/cli/command-line.ts";
import { storePageText } from "../../src/job/page-text.ts";
import { tellingConverter } from "../support/ingest.ts";
import { recordTerminal } from "../support/terminal.ts";
import { uploadBytes } from "../support/upload-bytes.ts";
import { makePage, makeWork } from "../support/works.ts";

let folder: string;
let endSharing: () => Promise<void>;
beforeEach(async () => {
  endSharing = shareLocalBuckets();
  folder = await mkdtemp(join(tmpdir(), "tessera-index-"));
});
afterEach(async () => {
  await endSharing();
  await rm(folder, { recursive: true });
});

async function run(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const { terminal, printed, said } = recordTerminal(folder, { environment });
  const status = await runCommandLine(["index", ...args], { terminal, converter: tellingConverter([]) });
  return { status, printed: printed(), said: said() };
}

describe("tessera index", () => {
  it("makes the index of npm start from the local catalogue, and keeps it the second time", async () => {
    const stateFolder = join(folder, "state");
    const configFile = join(import.meta.dirname, "..", "..", "wrangler.toml");
    const open = () => localBuckets({ configFile, stateFolder });
    const laid = open();
    const page = makePage("0001");
    const file = { name: "1.txt", bytes: Buffer.from("東京 needle") };
    const outcome = await storePageText(laid.catalogue, { object: "book", page, file });
    expect(outcome.kind).toBe("stored");
    const text = outcome.kind === "fault" ? {} : { text: outcome.text };
    const bytes = formatWork(makeWork({ pages: [{ ...page, ...text }] }));
    await uploadBytes(laid.catalogue, { key: workKey("book"), bytes, contentType: "application/json" });
    await laid.close();

    const place = ["--to", "local", "--state", stateFolder];
    const first = "Index: 1 objects with 1 pages of text indexed, 0 kept\n";
    expect(await run(place)).toMatchObject({ status: 0, printed: first });
    const second = "Index: 0 objects with 0 pages of text indexed, 1 kept\n";
    expect(await run(place)).toMatchObject({ status: 0, printed: second });

    const made = open();
    const sql =
      "SELECT page FROM search_entries WHERE id IN (SELECT rowid FROM search_words WHERE search_words MATCH ?1)";
    expect(await made.search?.run([{ sql, values: ["needle"] }])).toEqual([[{ page: "0001" }]]);
    await made.close();
  });

  it("says all that is missing for a remote index", async () => {
    const { status, said } = await run(["--to", "remote"]);
    expect(status).toBe(2);
    for (const missing of ["AWS_ACCESS_KEY_ID", "CLOUDFLARE_API_TOKEN", "--account"]) expect(said).toContain(missing);
    expect((await run(["--to", "local", "--database", "x"])).said).toContain("--database has no effect");
  });
});
