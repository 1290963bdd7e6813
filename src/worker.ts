import webpDecoder from "@jsquash/webp/codec/dec/webp_dec.wasm";
import lcms from "lcms-wasm/dist/lcms.wasm";
import kernel from "../build/kernel.wasm";
import jpeg2000Decoder from "../build/openjpeg.wasm";
import { newAccount, timingOf } from "./account.ts";
import { adminRoutes } from "./app/admin.ts";
import { authRoutes } from "./app/auth.ts";
import { presentationRoutes } from "./app/presentation.ts";
import { createApp } from "./app.ts";
import { type Config, readConfig } from "./config.ts";
import { ImageError } from "./error.ts";
import { findRule } from "./gateway/find-rule.ts";
import { isHostShared, isLocal } from "./http/base-uri.ts";
import { withWishes } from "./http/crawlers.ts";
import { asImageError, respondError } from "./http/errors.ts";
import { connectingAddress } from "./http/headers.ts";
import { checkPathLength, isImagePath, rawPath, withoutSignature } from "./http/route.ts";
import { inJurisdiction } from "./jurisdiction.ts";
import { type PurgeProps, purgeUrl } from "./ledger.ts";
import { purgeWorkersCache } from "./operation/workers-cache.ts";
import type { RateLimiter } from "./rate-limit.ts";
import { createIsolateState, createServices, type PointSink, type Services } from "./services.ts";
import { countRequest } from "./stories/counting.ts";
import { answerImagePath } from "./stories/image-path.ts";
import { answerOldUrl } from "./stories/old-url.ts";
import { rollUp } from "./stories/roll-up.ts";
import type { TaskDoor } from "./task/door.ts";
import { platformClock } from "./timers.ts";
import type { Visit } from "./visit.ts";

const isolate = createIsolateState({ kernel, webpDecoder, jpeg2000Decoder }, platformClock);

const app = createApp({ presentation: presentationRoutes(), admin: adminRoutes(), auth: authRoutes() });

let isHostWarned = false;

/** Requests that are being answered. One that the platform ends outright may stay counted: others then pause for nothing. */
let visitors = 0;

export { Ledger } from "./ledger.ts";

export default {
  fetch(request, env, context): Promise<Response> {
    const purged = request.url === purgeUrl ? tagsToPurge(context.props) : undefined;
    if (purged !== undefined) return purgeWorkersCache(context.cache, purged).then((answer) => Response.json(answer));
    const answering = answerVisitor(request, env, context);
    // A client that leaves ends its request: what the request holds is given back all the same.
    context.waitUntil(answering);
    return answering;
  },
  /** By cron: what was counted in the hours before goes into the catalogue. */
  async scheduled(controller, env) {
    try {
      const services = openServices(env);
      if ("fault" in services) throw services.fault;
      await rollUp(services, { now: controller.scheduledTime, log });
    } catch (thrown) {
      const { code, detail, cause } = asImageError(thrown);
      log({ level: "error", message: "statistics were not rolled up", code, detail, cause: describe(cause) });
      throw thrown;
    }
  },
} satisfies ExportedHandler<Env>;

/** The ledger calls with what it wants purged; what comes from the network has no such properties, whatever its address. */
function tagsToPurge(props: unknown): PurgeProps["purge"] | undefined {
  return (props as Partial<PurgeProps> | undefined)?.purge;
}

async function answerVisitor(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
  visitors += 1;
  try {
    return await answerRequest(request, env, context);
  } finally {
    visitors -= 1;
  }
}

async function answerRequest(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
  const started = performance.now();
  const at = Date.now();
  const { budget } = isolate;
  const lapsedBefore = budget.counts.lapsed;
  const account = newAccount();
  const path = rawPath(request.url);
  let code = "ok";
  let waited = 0;
  let isAnswered = false;
  const onWaited = (milliseconds: number): void => {
    waited += milliseconds;
  };
  // A stream goes on after its request was answered, and is then no longer counted.
  const isAlone = (): boolean => visitors <= (isAnswered ? 0 : 1);
  const defer = (work: Promise<unknown>): void => context.waitUntil(work);
  const fail = (error: ImageError, services?: Services): Response => {
    code = error.code;
    if (error.status >= 500) log({ level: "error", code, detail: error.detail, cause: describe(error.cause) });
    const { helpUrl, notFoundMaxAgeSeconds = 0 } = services?.config ?? {};
    return respondError(error, { request, helpUrl, keptSeconds: notFoundMaxAgeSeconds });
  };
  const answer = async (services: Services): Promise<Response> => {
    const { config } = services;
    if (!isHostWarned && !isHostShared(config, request.url)) warnOfHost();
    // Looked at now: one that is looked at after the client has gone tells of nothing.
    const patience = { milliseconds: 1000 * config.renderWaitSeconds, signal: request.signal, onWaited };
    const visit: Visit = { account, patience, address: connectingAddress(request), isAlone, defer, log };
    try {
      refuseFromElsewhere(config, request.url);
      checkPathLength(path);
      const rule = findRule(config.gateway, path, config.prefix);
      if (rule !== undefined) return withWishes(await answerOldUrl(services, { request, path, rule, visit }), config);
      if (isImagePath(path, config.prefix))
        return withWishes(await answerImagePath(services, { request, path, visit }), config);
      const answered = await app.fetch(request, {
        services,
        visit,
        access: context.access,
        workersCache: context.cache,
        fail: (error: ImageError) => fail(error, services),
      });
      return withWishes(answered, config);
    } catch (thrown) {
      return fail(asImageError(thrown), services);
    }
  };
  const services = openServices(env);
  const response = "fault" in services ? fail(services.fault) : await answer(services);
  isAnswered = true;
  const milliseconds = Math.round((performance.now() - started) * 10) / 10;
  const { method } = request;
  const { status } = response;
  const lapsed = budget.counts.lapsed - lapsedBefore;
  const isPlain = code === "ok" && lapsed === 0;
  if (!isPlain || "fault" in services || Math.random() < services.config.logSample) {
    const asked = { level: "info", method, path: withoutSignature(path), status, code, ...timingOf(account) };
    const memory = { lent: budget.lentBytes(), waiting: budget.waiting, ...(lapsed > 0 ? { lapsed } : {}) };
    log({ ...asked, milliseconds, waited, ...memory });
  }
  if (!("fault" in services)) {
    countRequest(services, { request, path, status, code, account, milliseconds, at }, { defer, log });
  }
  return method === "HEAD" ? new Response(null, response) : response;
}

/** What wrangler.toml binds as shipped in a comment, or in a file that is made of it. */
interface OptionalBindings {
  readonly ANALYTICS: PointSink;
  readonly JOBS: TaskDoor;
  readonly PICTURE_LIMIT: RateLimiter;
  readonly RENDER_LIMIT: RateLimiter;
}

/** Made once for an environment, which does not change while an isolate lives. Faults of the configuration are found each time. */
const servicesOf = new WeakMap<Env, Services>();

function openServices(env: Env): Services | { readonly fault: ImageError } {
  const known = servicesOf.get(env);
  if (known !== undefined) return known;
  try {
    const { MASTERS: masters, CATALOGUE: catalogue, DERIVATIVES: derivatives, PAGE: page } = env;
    // A service may do without a search.
    const {
      SEARCH: search,
      LEDGER: ledger,
      ANALYTICS: points,
      JOBS: tasks,
      PICTURE_LIMIT: pictureLimit,
      RENDER_LIMIT: renderLimit,
    } = env as Partial<Env & OptionalBindings>;
    const edge = caches.default;
    const config = readConfig({ ...env });
    const ledgers = ledger && {
      getByName: (name: string) => inJurisdiction(ledger, config).getByName(name),
    };
    const clock = platformClock;
    const bound = { masters, catalogue, derivatives, search, ledgers, points, tasks, page, pictureLimit, renderLimit };
    const platform = { ...bound, edge, lcms, clock, log };
    const services = createServices(config, platform, isolate);
    servicesOf.set(env, services);
    return services;
  } catch (thrown) {
    return { fault: asImageError(thrown) };
  }
}

/** A rule that is for this machine alone was left in: nothing is answered then, as for every fault of the configuration. */
function refuseFromElsewhere({ origins }: Config, url: string): void {
  if (!origins.some(({ isLocal: isForHere }) => isForHere) || isLocal(url)) return;
  throw new ImageError("config-invalid", "The service is not configured correctly; see its log.", {
    detail: `a rule of ORIGINS has "local": true, and the service is asked as ${new URL(url).host}`,
  });
}

/** Once an isolate: it holds for every request. */
function warnOfHost(): void {
  isHostWarned = true;
  const message =
    "BASE_URL is empty: info.json and manifests name https and the host of each request, and no shared cache keeps them";
  log({ level: "warn", message });
}

function describe(cause: unknown): string | undefined {
  return cause instanceof Error ? (cause.stack ?? cause.message) : cause === undefined ? undefined : String(cause);
}

function log(line: object): void {
  // biome-ignore lint/suspicious/noConsole: the log of a Worker is its console.
  console.log(JSON.stringify(line));
}
