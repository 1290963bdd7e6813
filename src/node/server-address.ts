import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isRunning } from "./running-process.ts";

/** Lies beside the local buckets that a running service shows. */
const fileName = "service.json";

/** A service that does not answer within this time is not pointed to. */
const answerMilliseconds = 2000;

/** A service that runs on this machine. */
export interface LocalServer {
  readonly url: string;
  /** What who administers it shows; empty where nobody does. */
  readonly adminSecret: string;
  /** What it signs addresses with, `ID:SECRET`; empty where it signs none. */
  readonly accessSecret?: string;
}

/**
 * Writes down, beside local buckets, the service that shows them, for nobody but this user to read. Returns what takes
 * the note away again.
 */
export function noteServer(stateFolder: string, { url, adminSecret, accessSecret }: LocalServer): () => void {
  const file = join(stateFolder, fileName);
  mkdirSync(stateFolder, { recursive: true });
  rmSync(file, { force: true });
  writeFileSync(file, JSON.stringify({ url, adminSecret, accessSecret, processId: process.pid }), { mode: 0o600 });
  return () => rmSync(file, { force: true });
}

/**
 * Returns the service that shows local buckets, if it is noted beside them and answers. A note that a
 * killed service has left behind counts for nothing. Never throws.
 */
export async function findServer(stateFolder: string): Promise<LocalServer | undefined> {
  try {
    const note: Readonly<Record<"url" | "adminSecret" | "accessSecret" | "processId", unknown>> = JSON.parse(
      await readFile(join(stateFolder, fileName), "utf8"),
    );
    const { url, adminSecret, accessSecret, processId } = note;
    if (typeof url !== "string" || !/^http:\/\/127\.0\.0\.1:\d+$/.test(url)) return undefined;
    if (typeof processId !== "number" || !isRunning(processId)) return undefined;
    const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(answerMilliseconds) });
    await answer.body?.cancel();
    const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
    return answer.ok ? { url, adminSecret: textOf(adminSecret), accessSecret: textOf(accessSecret) } : undefined;
  } catch {
    return undefined;
  }
}
