import { Hono } from "hono";
import { answerPurge } from "../stories/purge.ts";
import { answerStatistics } from "../stories/statistics.ts";
import { readJson } from "./body.ts";
import type { Door } from "./door.ts";

/** Returns the endpoints under `/admin`. Who comes here has been let in by `guardAdmin`. */
export function adminRoutes(): Hono<Door> {
  return new Hono<Door>()
    .get("/stats", ({ env, req }) => {
      const { services, visit } = env;
      return answerStatistics(services, { visit, before: req.query("before") });
    })
    .post("/purge", async ({ env, req, get }) => {
      const { services, visit, workersCache } = env;
      return answerPurge(services, { body: await readJson(req.raw), visit, workersCache, operator: get("operator") });
    });
}
