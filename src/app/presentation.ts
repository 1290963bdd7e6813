import { Hono } from "hono";
import { documentPrefix, rawPath } from "../http/route.ts";
import { findFeedRoute } from "../presentation/feed.ts";
import { findPresentationRoute } from "../presentation/route.ts";
import { findTextRoute, isSpeltOut } from "../presentation/text-route.ts";
import type { Services } from "../services.ts";
import { answerAttachment } from "../stories/attachment.ts";
import { answerFeed } from "../stories/feed.ts";
import { answerPageText, answerTextFile } from "../stories/page-text.ts";
import { answerPresentation } from "../stories/presentation.ts";
import { answerSearch } from "../stories/search.ts";
import type { Visit } from "../visit.ts";
import type { Door } from "./door.ts";

/** Returns the endpoints under `/presentation`, all of them to read. */
export function presentationRoutes(): Hono<Door> {
  return new Hono<Door>().get("/*", ({ env, req }) => answer(env.services, { request: req.raw, visit: env.visit }));
}

/**
 * What is spelt out comes first, then a document: the key of an object may hold the words that lead to text, with plain
 * slashes.
 */
function answer(services: Services, asked: { readonly request: Request; readonly visit: Visit }): Promise<Response> {
  const rest = rawPath(asked.request.url).slice(documentPrefix.length);
  const text = findTextRoute(rest);
  const isText = text !== undefined && (isSpeltOut(text) || findPresentationRoute(rest) === undefined);
  const route = isText ? text : findFeedRoute(rest);
  switch (route?.kind) {
    case "text":
      return answerPageText(services, { ...asked, route });
    case "file":
      return answerTextFile(services, { ...asked, route });
    case "attachment":
      return answerAttachment(services, { ...asked, route });
    case "object-search":
    case "catalogue-search":
      return answerSearch(services, { ...asked, route });
    case "feed":
    case "feed-page":
      return answerFeed(services, { ...asked, route });
    default:
      return answerPresentation(services, asked);
  }
}
