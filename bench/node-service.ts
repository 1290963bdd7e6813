import "./digest-stream.ts";
import { newAccount } from "../src/account.ts";
import { defaultVariables, readConfig } from "../src/config.ts";
import { asImageError, respondError } from "../src/http/errors.ts";
import { createServices, type IsolateState, type Platform } from "../src/services.ts";
import { answerImagePath } from "../src/stories/image-path.ts";
import { platformClock } from "../src/timers.ts";
import type { Visit } from "../src/visit.ts";
import { jpegQuality } from "./engine.ts";
import type { Bucket } from "./slow-storage.ts";

/** How a request was answered: its status, and the milliseconds to the first bytes of the body. */
export interface TimedAnswer {
  readonly status: number;
  readonly milliseconds: number;
}

/** Answers a request for an image as the Worker does, in Node and next to no other. What is deferred is done by then. */
export async function answerAlone(
  isolate: IsolateState,
  buckets: Readonly<Record<"masters" | "catalogue" | "derivatives", Bucket>>,
  url: string,
): Promise<TimedAnswer> {
  const deferred: Promise<unknown>[] = [];
  const platform = {
    ...buckets,
    edge: { match: async () => undefined, put: async () => undefined, delete: async () => false },
    clock: platformClock,
    log: () => undefined,
    lcms: undefined,
  } as unknown as Platform;
  const unlimited = { MAX_WIDTH: "65535", MAX_HEIGHT: "65535", MAX_AREA: "1000000000" };
  const config = readConfig({ ...defaultVariables, ...unlimited, JPEG_QUALITY: String(jpegQuality) });
  const services = createServices(config, platform, isolate);
  const start = performance.now();
  const request = new Request(url);
  const visit: Visit = {
    account: newAccount(),
    patience: { milliseconds: 10_000, signal: undefined },
    isAlone: () => true,
    defer: (work) => deferred.push(work),
    log: () => undefined,
  };
  const response = await answerImagePath(services, { request, path: new URL(url).pathname, visit }).catch((error) =>
    respondError(asImageError(error), { request, helpUrl: undefined, keptSeconds: 60 }),
  );
  await response.body?.getReader().read();
  const milliseconds = performance.now() - start;
  await Promise.allSettled(deferred);
  return { status: response.status, milliseconds };
}
