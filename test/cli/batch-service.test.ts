import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectFolder } from "../../demo/masters.ts";
import { type DemoServer, startServer } from "../../demo/server.ts";
import { localBuckets } from "../../src/bucket/local-buckets.ts";
import { checkedBytes } from "../../src/bucket/upload.ts";
import { runCommandLine } from "../../src/cli/command-line.ts";
import { noteServer } from "../../src/node/server-address.ts";
import { tellingConverter } from "../support/ingest.ts";
import { makeTiff } from "../support/make-tiff.ts";
import { recordTerminal } from "../support/terminal.ts";
import { testPort } from "../support/test-port.ts";

let folder: string;
let server: DemoServer;
let forget: () => void;

const store = async (objects: Readonly<Record<string, Uint8Array>>): Promise<void> => {
  const { masters, close } = localBuckets({ configFile: join(projectFolder, "wrangler.toml"), stateFolder: folder });
  try {
    for (const [key, bytes] of Object.entries(objects)) {
      await masters.put(key, checkedBytes(bytes), { contentType: "image/tiff", metadata: {} });
    }
  } finally {
    await close();
  }
};

const master = await makeTiff({ width: 120, height: 90, tile: 64, levels: 2, compression: "deflate" });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tessera-"));
  await store({ "maps/1.tif": master, "maps/2.tif": master, "maps/torn.tif": new TextEncoder().encode("no image") });
  server = await startServer({ port: await testPort(), stateFolder: folder });
  forget = noteServer(folder, server);
});

afterAll(async () => {
  forget?.();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function run(...args: string[]) {
  const { terminal, printed, said } = recordTerminal(folder);
  const status = await runCommandLine(["batch", ...args, "--to", "local", "--state", folder], {
    terminal,
    converter: tellingConverter([]),
  });
  return { status, printed: printed(), said: said() };
}

describe("tessera batch over a running service", () => {
  it("sends a task, watches it to its end, tells what failed, tries it again, and reports", async () => {
    await writeFile(
      join(folder, "task.json"),
      JSON.stringify({ kind: "check", name: "Maps", from: { prefix: "maps/" } }),
    );
    const sent = await run("submit", "task.json", "--json");
    const { id } = JSON.parse(sent.printed);
    const watched = await run("watch", id);
    expect([watched.status, watched.printed]).toEqual([
      1,
      expect.stringMatching(/ done +check Maps\n(?:.*\n)* {2}2 done, 1 failed\n/),
    ]);
    const items = await run("items", "latest", "--only", "failed", "--json");
    const failed = items.printed
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(failed).toMatchObject([{ key: "maps/torn.tif", state: "failed", tries: 1 }]);
    await store({ "maps/torn.tif": master });
    expect((await run("retry", id)).status).toBe(0);
    const again = await run("watch", id, "--json");
    expect([again.status, JSON.parse(again.printed).counts.done]).toEqual([0, 3]);
    expect((await run("report", id)).printed).toMatch(/\nMaps +1 +3 +.* MB +0\.0 MB +\d+:\d\d +\S+(?: than \S+)?\n/);
    const [head, row] = (await run("report", id, "--csv")).printed.split("\n").map((line) => line.split(","));
    expect([row?.[head?.indexOf("done") ?? -1], row?.[head?.indexOf("failed") ?? -1]]).toEqual(["3", "0"]);
    expect((await run("status")).printed).toMatch(new RegExp(`^${id}  done +3/3  check Maps\n`));
  });

  it("starts nothing with a file that the service would refuse, and says of a task that there is not one", async () => {
    await writeFile(join(folder, "wrong.csv"), "kind,prefix\nverfy,maps/\n");
    const before = (await run("status")).printed;
    expect((await run("submit", "wrong.csv")).status).toBe(2);
    expect((await run("status")).printed).toBe(before);
    const { status, said } = await run("report", "20261129-104826-3fa85f645717");
    expect([status, said]).toEqual([1, expect.stringContaining("There is no report of such a task")]);
  });
});
