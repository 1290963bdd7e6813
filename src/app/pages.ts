import { type Context, Hono } from "hono";
import { asImageError } from "../http/errors.ts";
import { respondErrorPage } from "../http/respond.ts";
import { formatErrorPage } from "../pages/error-page.tsx";
import type { Services } from "../services.ts";
import { answerCollectionPage } from "../stories/collection-page.ts";
import { answerObjectPage } from "../stories/object-page.ts";
import { answerSearchPage } from "../stories/search-page.ts";
import { siteOf } from "../stories/site.ts";
import type { Visit } from "../visit.ts";
import type { Door } from "./door.ts";

/** Answers a page to a request. Throws an ImageError if there is none. */
type PageStory = (services: Services, asked: { readonly request: Request; readonly visit: Visit }) => Promise<Response>;

/** Returns the pages for people: the collections, the objects in them, and the search. */
export function pageRoutes(): Hono<Door> {
  return new Hono<Door>()
    .get("/", asPage(answerCollectionPage))
    .get("/collections/*", asPage(answerCollectionPage))
    .get("/objects/*", asPage(answerObjectPage))
    .get("/search", asPage(answerSearchPage));
}

/** What goes wrong with a page is told on a page, under the status of the error. */
function asPage(story: PageStory) {
  return async ({ env, req }: Context<Door>): Promise<Response> => {
    const { services, visit, fail } = env;
    const request = req.raw;
    try {
      return await story(services, { request, visit });
    } catch (thrown) {
      const error = asImageError(thrown);
      return respondErrorPage(fail(error), formatErrorPage(siteOf(services, request), error));
    }
  };
}
