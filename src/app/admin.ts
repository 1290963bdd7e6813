import { type Context, Hono } from "hono";
import { respondSeeOther } from "../http/respond.ts";
import { answerAdminPage, answerPurgeForm } from "../stories/admin-page.ts";
import { answerPurge } from "../stories/purge.ts";
import { signIn, signOut } from "../stories/sign-in.ts";
import { answerStatistics } from "../stories/statistics.ts";
import { answerTaskForm, answerTaskListPage, answerTaskPage } from "../stories/task-pages.ts";
import { answerTaskReport, answerTaskReportPage } from "../stories/task-report.ts";
import {
  answerTask,
  answerTaskAction,
  answerTaskItems,
  answerTasks,
  submitTask,
  sweepTasks,
} from "../stories/tasks.ts";
import { type TaskAction, taskActions } from "../task/door.ts";
import { readForm, readJson } from "./body.ts";
import type { Door } from "./door.ts";

/**
 * Returns the endpoints under `/admin`. Who comes here has been let in by `guardAdmin`, but for who sends the form that
 * signs in. What forms send is under `/admin/forms`, what programs send beside it.
 */
export function adminRoutes(): Hono<Door> {
  return (
    new Hono<Door>()
      .get("/", () => respondSeeOther("/admin/"))
      // A parameter of no characters: hono takes the slash away from a path that ends in one.
      .get("/:nothing{.{0}}", (c) => answerAdminPage(c.env.services, whoOf(c)))
      .get("/stats", ({ env, req }) => {
        const { services, visit } = env;
        return answerStatistics(services, { visit, before: req.query("before") });
      })
      .post("/purge", async (c) => {
        const { services, workersCache } = c.env;
        return answerPurge(services, { ...whoOf(c), body: await readJson(c.req.raw), workersCache });
      })
      .get("/tasks", ({ env, req }) => answerTasks(env.services, req.query("before")))
      .post("/tasks", (c) => submitTask(c.env.services, whoOf(c)))
      .post("/tasks/sweep", ({ env }) => sweepTasks(env.services))
      .get("/tasks/:id", ({ env, req }) => answerTask(env.services, req.param("id")))
      .get("/tasks/:id/items", ({ env, req }) => {
        const query = { state: req.query("state"), after: Number(req.query("after") ?? 0) };
        return answerTaskItems(env.services, req.param("id"), query);
      })
      .post(`/tasks/:id/:action{${taskActions.join("|")}}`, (c) => {
        const { id, action } = c.req.param();
        return answerTaskAction(c.env.services, { ...whoOf(c), id, action: action as TaskAction });
      })
      .get("/tasks/:id/report", (c) => {
        const { id } = c.req.param();
        return answerTaskReport(c.env.services, { ...whoOf(c), id, format: c.req.query("format") });
      })
      // What ends in a slash is a page.
      .get("/tasks/:nothing{.{0}}", ({ env, req }) =>
        answerTaskListPage(env.services, { request: req.raw, before: req.query("before") }),
      )
      .get("/tasks/:id/:nothing{.{0}}", ({ env, req }) =>
        answerTaskPage(env.services, { request: req.raw, id: req.param("id") }),
      )
      .get("/tasks/:id/report/:nothing{.{0}}", (c) =>
        answerTaskReportPage(c.env.services, { ...whoOf(c), id: c.req.param("id") }),
      )
      .post("/forms/tasks", async (c) => answerTaskForm(c.env.services, await readForm(c.req.raw), whoOf(c)))
      .post("/forms/purge", async (c) => {
        const { services, workersCache } = c.env;
        return answerPurgeForm(services, await readForm(c.req.raw), { ...whoOf(c), workersCache });
      })
      .post("/forms/sign-in", async ({ env, req }) => {
        const { services, visit } = env;
        const { secret = "" } = await readForm(req.raw);
        return signIn(services, { request: req.raw, visit, secret });
      })
      .post("/forms/sign-out", ({ req }) => signOut(req.raw))
  );
}

function whoOf({ env, req, get }: Context<Door>) {
  return { request: req.raw, visit: env.visit, operator: get("operator"), isSignedIn: get("isSignedIn") === true };
}
