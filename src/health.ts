import { respondJson } from "./http/respond.ts";
import type { Services } from "./services.ts";

/** Answers whether both buckets answer: 200 when they do, else 503. Never throws. */
export async function answerHealth({ buckets, log }: Services): Promise<Response> {
  try {
    await Promise.all(buckets.map((bucket) => bucket.head("health")));
    return respondJson({ status: "ok" }, 200);
  } catch (cause) {
    log({ level: "error", message: "a bucket does not answer", cause: String(cause) });
    return respondJson({ status: "storage does not answer" }, 503);
  }
}
