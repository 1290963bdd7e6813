import { Hono } from "hono";
import { answerPresentation } from "../stories/presentation.ts";
import type { Door } from "./door.ts";

/** Returns the endpoints under `/presentation`, all of them to read. */
export function presentationRoutes(): Hono<Door> {
  return new Hono<Door>().get("/*", ({ env, req }) =>
    answerPresentation(env.services, { request: req.raw, visit: env.visit }),
  );
}
