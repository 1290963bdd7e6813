import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { methodNotAllowed } from "hono/method-not-allowed";
import { closeAdmin, guardAdmin, secureAdmin } from "./app/admin-guard.ts";
import { limitBody } from "./app/body.ts";
import type { Door, Roots } from "./app/door.ts";
import { pageRoutes } from "./app/pages.ts";
import { type ErrorCode, ImageError } from "./error.ts";
import { asImageError, openRefusal, withAllow } from "./http/errors.ts";
import { respondOptions } from "./http/respond.ts";
import { nowhere, rawPath } from "./http/route.ts";
import { maxBodyBytes, maxTaskFileBytes } from "./limits.ts";
import { answerHealth } from "./stories/health.ts";
import { answerRobots } from "./stories/robots.ts";
import { answerView } from "./stories/view.ts";

/** Where task files are sent to, which may be longer than other bodies. */
const tasksPath = "/admin/tasks";

/**
 * Makes the app of every endpoint that is not an image: it finds the endpoint, guards it, and maps what it throws. An
 * endpoint is a story; this file says where it is.
 */
export function createApp(roots: Roots = {}): Hono<Door> {
  const app = new Hono<Door>({ getPath: ({ url }) => rawPath(url) });
  // First: who is not let in learns nothing, not even which methods there are.
  app.use("/admin/*", secureAdmin, closeAdmin, guardAdmin);
  app.use(methodNotAllowed({ app, onMethodNotAllowed: (c, methods) => refuseMethod(c.env.fail, methods) }));
  app.use(async ({ req }, next) => (req.method === "OPTIONS" ? respondOptions() : next()));
  const limit = limitBody(maxBodyBytes);
  const limitTask = limitBody(maxTaskFileBytes);
  app.use((c, next) => (c.req.path === tasksPath ? limitTask : limit)(c, next));
  app.get("/health", ({ env, req }) => answerHealth(env.services, { request: req.raw, visit: env.visit }));
  app.get("/robots.txt", ({ env }) => answerRobots(env.services));
  app.get("/view/*", ({ env, req }) => answerView(env.services, { request: req.raw, visit: env.visit }));
  app.route("/", pageRoutes());
  for (const [name, root] of Object.entries(roots)) app.route(`/${name}`, root);
  app.notFound(({ env }) => env.fail(nowhere(`Images are under ${env.services.config.prefix}/3/{identifier}/.`)));
  app.onError((error, { env }) => (isOwnRefusal(error) ? openRefusal(error.getResponse()) : env.fail(errorOf(error))));
  return app;
}

function refuseMethod(fail: Door["Bindings"]["fail"], methods: readonly string[]): Response {
  const allowed = [...methods, "OPTIONS"].join(", ");
  return withAllow(fail(new ImageError("method-not-allowed", `Only ${allowed} are allowed here.`)), allowed);
}

const codesByStatus: ReadonlyMap<number, ErrorCode> = new Map([
  [400, "body-malformed"],
  [404, "not-found"],
  [405, "method-not-allowed"],
  [413, "body-too-large"],
]);

/** A refusal that has no code here, or an answer of its own, which may say more than a code does: 401 with a challenge, 403. */
function isOwnRefusal(error: Error): error is HTTPException {
  if (!(error instanceof HTTPException) || error.status >= 500) return false;
  return error.res !== undefined || !codesByStatus.has(error.status);
}

function errorOf(error: Error): ImageError {
  const code = error instanceof HTTPException ? codesByStatus.get(error.status) : undefined;
  return code === undefined ? asImageError(error) : new ImageError(code, error.message, { cause: error });
}
