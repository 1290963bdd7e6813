import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isFree } from "../../demo/server.ts";
import { waitForEndOfGroup } from "../support/processes.ts";

const starter = join(import.meta.dirname, "..", "support", "started-demo.ts");

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tessera-demo-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Started {
  readonly child: ChildProcess;
  readonly port: number;
  readonly group: number;
}

async function start(): Promise<Started> {
  const child = fork(starter, [folder], { execArgv: [] });
  const ended = once(child, "exit").then(([status]) => Promise.reject(new Error(`It ended with ${status}.`)));
  const [{ port, group }] = await Promise.race([once(child, "message"), ended]);
  ended.catch(() => undefined);
  return { child, port, group };
}

describe("the server of the demonstration", () => {
  it("ends whole when the process that started it is killed", async () => {
    const { child, port, group } = await start();
    expect(await isFree(port)).toBe(false);
    child.kill("SIGKILL");
    await waitForEndOfGroup(group);
    expect(await isFree(port)).toBe(true);
  });

  it("ends whole when wrangler is killed, and its starter sees that", async () => {
    const { child, port, group } = await start();
    process.kill(group, "SIGKILL");
    expect((await once(child, "exit"))[0]).toBe(7);
    await waitForEndOfGroup(group);
    expect(await isFree(port)).toBe(true);
  });
});
