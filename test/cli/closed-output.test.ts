import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { layFolders, startCommand } from "../support/ingest-command.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tessera-closed-"));
  await layFolders(folder);
});
afterEach(() => rm(folder, { recursive: true }));

/** Reads the first bytes that a command prints and closes the pipe, as `head` does. */
async function runUnread(args: readonly string[]): Promise<{ readonly status: number | null; readonly said: string }> {
  const child = startCommand(folder, args);
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  child.stdout?.once("data", () => child.stdout?.destroy());
  const [status] = await once(child, "exit");
  return { status, said };
}

describe("a command whose output nobody reads any more", () => {
  it("ends without a word, and a check stops where it is", async () => {
    await mkdir(join(folder, "many"));
    for (let index = 0; index < 3000; index += 1) await writeFile(join(folder, "many", `${index}.tif`), "no image");
    const { status, said } = await runUnread(["check", "many"]);
    expect(status).toBe(130);
    expect(said).toBe("");
  });

  it("has its own status where nothing is left to do", async () => {
    expect(await runUnread(["ingest", "--help"])).toEqual({ status: 0, said: "" });
  });
});
