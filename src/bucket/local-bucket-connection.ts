import { type ChildProcess, fork } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import { formatMegabytes } from "../node/megabytes.ts";
import { bindGroup } from "../node/process-group.ts";
import { programBeside } from "../node/program.ts";
import { quietEnvironment } from "../node/quiet-environment.ts";
import { openWorkFolder } from "../node/work-folder.ts";
import { BucketError } from "./bucket.ts";
import { expectRoom, roomLeft } from "./disk-room.ts";
import type { LocalAnswer, LocalCall, LocalCalls, LocalQuestion } from "./local-bucket-calls.ts";

/** How long the process of the local buckets is waited for, which tests shorten. */
export interface LocalPatience {
  /** For its start, in which it loads wrangler. */
  readonly openMilliseconds: number;
  /** For the answer to any other call. */
  readonly answerMilliseconds: number;
  /** The least speed at which a disk is thought to be alive, on top of that. */
  readonly leastBytesPerMillisecond: number;
  /** For all answers together once the run is stopped. */
  readonly stopMilliseconds: number;
}

/** A part of 8 MB has 68 seconds, and each part has them again. */
export const defaultLocalPatience: LocalPatience = {
  openMilliseconds: 120_000,
  answerMilliseconds: 60_000,
  leastBytesPerMillisecond: 1000,
  stopMilliseconds: 3000,
};

/** Time in which the process ends its uploads and itself once the channel to it closes. */
const endSeconds = 5;

const keptCharacters = 2000;

/** Asks the process of the local buckets. */
export type Ask = <Call extends LocalCall>(
  call: Call,
  ...options: Parameters<LocalCalls[Call]>
) => Promise<ReturnType<LocalCalls[Call]>>;

/** The process of the local buckets. Calls throw BucketError, also when it does not answer in time. */
export interface LocalConnection {
  readonly ask: Ask;
  /** Ends the process, with what it started. */
  readonly close: () => Promise<void>;
}

/** What a connection is made with. */
export interface ConnectionOptions {
  readonly stateFolder: string;
  readonly patience: LocalPatience;
  readonly signal: AbortSignal | undefined;
}

/**
 * Starts the process in a group of its own, so that Ctrl-C does not reach it before the uploads were ended. What the platform
 * lays among the temporary files goes with it, or with the next run.
 */
export async function connectLocalBucket({
  stateFolder,
  patience,
  signal,
}: ConnectionOptions): Promise<LocalConnection> {
  const temporary = await openWorkFolder();
  const child = fork(programBeside(import.meta, "local-bucket-process"), [], {
    detached: true,
    env: { ...process.env, ...quietEnvironment, TMPDIR: temporary.path },
    execArgv: [],
    serialization: "advanced",
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const group = bindGroup(child, endSeconds);
  const output = keepOutput(child);
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let over: BucketError | undefined;
  const failAll = (error: BucketError) => {
    over ??= error;
    for (const { reject } of waiting.values()) reject(over);
  };
  child.on("message", (answer: LocalAnswer) => {
    const question = waiting.get(answer.id);
    if ("failure" in answer) {
      const code = answer.failure.includes("was replaced while it was read") ? "changed" : "failed";
      question?.reject(new BucketError(code, `The local bucket: ${oneLine(answer.failure)}`));
    } else question?.resolve(answer.value);
  });
  void group.ended.then(() => failAll(new BucketError("unavailable", `The local bucket ended. ${output()}`.trim())));
  void afterStop(signal, patience.stopMilliseconds).then(() => failAll(new BucketError("stopped", "Stopped.")));
  let last = 0;
  const ask = async (call: LocalCall, options: object) => {
    const bytes = "bytes" in options && options.bytes instanceof Uint8Array ? options.bytes.byteLength : 0;
    if (bytes > 0 || call === "open") await expectRoom(stateFolder, bytes);
    if (over !== undefined) throw over;
    last += 1;
    const question: LocalQuestion = { id: last, call, options };
    const pending = Promise.withResolvers<unknown>();
    waiting.set(question.id, pending);
    const milliseconds =
      call === "open"
        ? patience.openMilliseconds
        : patience.answerMilliseconds + bytes / patience.leastBytesPerMillisecond;
    const timer = setTimeout(
      () => void silenceOf({ stateFolder, bytes, milliseconds }).then(pending.reject),
      milliseconds,
    );
    try {
      // What can't be sent is told by the end of the process.
      child.send(question, () => {});
      return await pending.promise;
    } finally {
      clearTimeout(timer);
      waiting.delete(question.id);
    }
  };
  return {
    ask: ask as Ask,
    async close() {
      await group.end(() => child.connected && child.disconnect());
      await temporary.remove();
    },
  };
}

interface Silence {
  readonly stateFolder: string;
  /** How much the call sent. */
  readonly bytes: number;
  readonly milliseconds: number;
}

/** Says why there was no answer. The platform never answers a write that its disk had no room for. */
async function silenceOf({ stateFolder, bytes, milliseconds }: Silence): Promise<unknown> {
  try {
    await expectRoom(stateFolder, bytes);
  } catch (full) {
    return full;
  }
  const left = await roomLeft(stateFolder);
  const room = left === undefined ? "" : `, and has ${formatMegabytes(left)} MB left`;
  return new BucketError(
    "unavailable",
    `The local bucket in ${stateFolder} did not answer for ${Math.round(milliseconds / 1000)} seconds. Its disk may be ` +
      `broken or at the limit of a quota${room}. Look after it and run the command again.`,
  );
}

/** Settles some time after a signal, in which what is under way can end. */
async function afterStop(signal: AbortSignal | undefined, milliseconds: number): Promise<void> {
  if (signal === undefined) return new Promise(() => {});
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  await wait(milliseconds, undefined, { ref: false });
}

/** Keeps the end of what a process prints, in one line, for the message when it ends early. */
function keepOutput(child: ChildProcess): () => string {
  let kept = "";
  const keep = (text: string) => {
    kept = (kept + text).slice(-keptCharacters);
  };
  child.stdout?.setEncoding("utf8").on("data", keep);
  child.stderr?.setEncoding("utf8").on("data", keep);
  return () => oneLine(kept);
}

function oneLine(text: string): string {
  return stripVTControlCharacters(text).replace(/\s+/g, " ").trim();
}
