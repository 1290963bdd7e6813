import webpDecoder from "@jsquash/webp/codec/dec/webp_dec.wasm";
import webpEncoder from "@jsquash/webp/codec/enc/webp_enc_simd.wasm";
import lcms from "lcms-wasm/dist/lcms.wasm";
import kernelModule from "../build/kernel.wasm";
import jpeg2000Decoder from "../build/openjpeg.wasm";
import { newAccount } from "./account.ts";
import { readConfig } from "./config.ts";
import { ImageError } from "./error.ts";
import { baseUri, isHostShared } from "./http/base-uri.ts";
import { asImageError, respondError, respondOptions, respondRedirect } from "./http/respond.ts";
import { findRoute } from "./http/route.ts";
import { parseIdentifier } from "./identity/identifier.ts";
import { createIsolateState, createServices, type Services } from "./services.ts";
import { answerHealth } from "./stories/health.ts";
import { answerImage } from "./stories/image.ts";
import { answerInfo } from "./stories/info.ts";
import { platformClock } from "./timers.ts";
import type { Visit } from "./visit.ts";

const isolate = createIsolateState(kernelModule, platformClock);

let isHostWarned = false;

/** Requests that are being answered. One that the platform ends outright may stay counted: others then pause for nothing. */
let visitors = 0;

export default {
  fetch(request, env, context): Promise<Response> {
    visitors += 1;
    const answering = answerRequest(request, env, context).finally(() => {
      visitors -= 1;
    });
    // A client that leaves ends its request: what the request holds is given back all the same.
    context.waitUntil(answering);
    return answering;
  },
} satisfies ExportedHandler<Env>;

async function answerRequest(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
  const started = performance.now();
  const { budget } = isolate;
  const lapsedBefore = budget.counts.lapsed;
  const account = newAccount();
  let code = "ok";
  let waited = 0;
  let isAnswered = false;
  let response: Response;
  try {
    const services = open(env);
    const onWaited = (milliseconds: number): void => {
      waited += milliseconds;
    };
    const patience = { milliseconds: 1000 * services.config.renderWaitSeconds, signal: request.signal, onWaited };
    // A stream goes on when its request has been answered, and is no longer counted itself.
    const isAlone = (): boolean => visitors <= (isAnswered ? 0 : 1);
    const visit = { account, patience, isAlone, defer: (work: Promise<unknown>) => context.waitUntil(work) };
    response = await answer(request, services, visit);
  } catch (thrown) {
    const error = asImageError(thrown);
    code = error.code;
    response = respondError(error, code === "config-invalid" ? 0 : Number(env.NOT_FOUND_MAX_AGE_SECONDS));
    if (error.status >= 500) log({ level: "error", code, detail: error.detail, cause: describe(error.cause) });
  }
  isAnswered = true;
  const milliseconds = Math.round((performance.now() - started) * 10) / 10;
  const { method, url } = request;
  const lapsed = budget.counts.lapsed - lapsedBefore;
  log({
    level: "info",
    method,
    path: pathOf(url),
    status: response.status,
    code,
    ...account,
    milliseconds,
    waited,
    lent: budget.lentBytes(),
    waiting: budget.waiting,
    ...(lapsed > 0 ? { lapsed } : {}),
  });
  return method === "HEAD" ? new Response(null, response) : response;
}

/** Made once for an environment, which does not change while an isolate lives. Faults of the configuration are found each time. */
const servicesOf = new WeakMap<Env, Services>();

function open(env: Env): Services {
  const known = servicesOf.get(env);
  if (known !== undefined) return known;
  const platform = {
    masters: env.MASTERS,
    derivatives: env.DERIVATIVES,
    edge: caches.default,
    modules: { webpDecoder, jpeg2000Decoder, webpEncoder, lcms },
    clock: platformClock,
    log,
  };
  const services = createServices(readConfig({ ...env }), platform, isolate);
  servicesOf.set(env, services);
  return services;
}

async function answer(request: Request, services: Services, visit: Visit): Promise<Response> {
  const { config } = services;
  if (request.method === "OPTIONS") return respondOptions();
  if (request.method !== "GET" && request.method !== "HEAD") {
    throw new ImageError("method-not-allowed", "Only GET, HEAD and OPTIONS are answered.");
  }
  const isShared = isHostShared(config, request.url);
  if (!isShared) warnOfHost();
  const route = findRoute(pathOf(request.url), config.prefix);
  switch (route.kind) {
    case "health":
      return answerHealth(services, visit);
    case "redirect":
      return respondRedirect({
        uri: route.path,
        status: route.status,
        maxAgeSeconds: config.infoMaxAgeSeconds,
        scope: "public",
      });
    case "base": {
      const identifier = parseIdentifier(route.identifier);
      const uri = `${baseUri({ config, request, version: route.version, identifier })}/info.json`;
      const scope = isShared ? "public" : "private";
      return respondRedirect({ uri, status: 303, maxAgeSeconds: config.infoMaxAgeSeconds, scope });
    }
    case "info":
      return answerInfo(services, { request, route, visit });
    case "image":
      return answerImage(services, { request, route, visit });
  }
}

/** Once an isolate: it holds for every request. */
function warnOfHost(): void {
  if (isHostWarned) return;
  isHostWarned = true;
  const message =
    "BASE_URL is empty: https and the host of each request are taken for it, and shared caches keep no info.json";
  log({ level: "warn", message });
}

/** The path as it came, still encoded: the URL class would decode and resolve parts of it. */
function pathOf(url: string): string {
  return /^[a-z]+:\/\/[^/?#]*([^?#]*)/.exec(url)?.[1] ?? "/";
}

function describe(cause: unknown): string | undefined {
  return cause instanceof Error ? (cause.stack ?? cause.message) : cause === undefined ? undefined : String(cause);
}

function log(line: object): void {
  // biome-ignore lint/suspicious/noConsole: the log of a Worker is its console.
  console.log(JSON.stringify(line));
}
