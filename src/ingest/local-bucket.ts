import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { BucketError, type MasterBucket, type PartUpload } from "./bucket.ts";
import type { LocalAnswer, LocalCall, LocalCalls, LocalQuestion } from "./local-bucket-calls.ts";

/**
 * Each of three processes holds a part several times over while it passes it on: parts of 50 MB take 0.7 GB more than
 * these, and twice the time. No part may be shorter than 5 MiB. Source: Cloudflare R2, multipart upload limits.
 */
const leastPartBytes = 8_000_000;
const mostParts = 10_000;

/** Variables that keep wrangler from asking, sending or looking up anything. */
const quietEnvironment = {
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_SEND_ERROR_REPORTS: "false",
  WRANGLER_HIDE_BANNER: "true",
  WRANGLER_NO_SKILLS_UPDATE_PROMPTS: "true",
  WRANGLER_LOG: "error",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  NO_UPDATE_NOTIFIER: "1",
};

const keptCharacters = 2000;

/**
 * Returns the bucket MASTERS as `wrangler dev --persist-to stateFolder` reads it, held by a process of its own that is
 * started with the first call and ended by `close`. Never throws; its calls throw BucketError.
 */
export function localBucket(options: { readonly configFile: string; readonly stateFolder: string }): MasterBucket {
  let connection: Connection | undefined;
  const ask: Ask = async (call, ...given) => {
    if (connection === undefined) {
      connection = connect();
      await connection.ask("open", options);
    }
    return connection.ask(call, ...given);
  };
  return {
    name: `the local bucket in ${options.stateFolder}`,
    partsAtOnce: 1,
    partBytes: (objectBytes) => Math.max(leastPartBytes, Math.ceil(objectBytes / mostParts)),
    // Asking for anything opens it.
    check: async () => void (await ask("head", { key: "-" })),
    head: (key) => ask("head", { key }),
    put: (key, content, headers) => ask("put", { key, ...content, headers }),
    async startParts(key, headers) {
      const uploadId = await ask("startParts", { key, headers });
      return partUpload(ask, uploadId);
    },
    close: async () => connection?.close(),
  };
}

type Ask = <Call extends LocalCall>(
  call: Call,
  ...options: Parameters<LocalCalls[Call]>
) => Promise<ReturnType<LocalCalls[Call]>>;

interface Connection {
  readonly ask: Ask;
  readonly close: () => Promise<void>;
}

function partUpload(ask: Ask, uploadId: string): PartUpload {
  return {
    found: new Map(),
    putPart: (number, { bytes }) => ask("putPart", { uploadId, number, bytes }),
    complete: (parts) => ask("complete", { uploadId, parts }),
    // What can't be removed now is removed when the process ends.
    abort: () => ask("abort", { uploadId }).catch(() => undefined),
  };
}

/** Starts the process in a group of its own, so that Ctrl-C does not reach it before the uploads were ended. */
function connect(): Connection {
  const child = fork(join(import.meta.dirname, "local-bucket-process.ts"), [], {
    detached: true,
    env: { ...process.env, ...quietEnvironment },
    execArgv: [],
    serialization: "advanced",
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  const output = keepOutput(child);
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const failAll = () => {
    for (const { reject } of waiting.values()) {
      reject(new BucketError("unavailable", `The local bucket ended. ${output()}`.trim()));
    }
    waiting.clear();
  };
  child.on("message", (answer: LocalAnswer) => {
    const question = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ("failure" in answer) question?.reject(new BucketError("failed", `The local bucket: ${answer.failure}`));
    else question?.resolve(answer.value);
  });
  child.once("error", failAll);
  void ended.then(failAll);
  let last = 0;
  const ask = async (call: LocalCall, options: unknown) => {
    last += 1;
    const question: LocalQuestion = { id: last, call, options };
    const pending = Promise.withResolvers<unknown>();
    waiting.set(last, pending);
    if (child.connected) child.send(question);
    else failAll();
    return pending.promise;
  };
  return {
    ask: ask as Ask,
    async close() {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}

/** Keeps the end of what a process prints, for the message when it ends early. */
function keepOutput(child: ChildProcess): () => string {
  let kept = "";
  const keep = (text: string) => {
    kept = (kept + text).slice(-keptCharacters);
  };
  child.stdout?.setEncoding("utf8").on("data", keep);
  child.stderr?.setEncoding("utf8").on("data", keep);
  return () => kept.trim();
}
