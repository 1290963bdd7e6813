import { baseUri, isHostShared } from "../http/base-uri.ts";
import { answerOptions } from "../http/methods.ts";
import { type Redirect, respondRedirect } from "../http/respond.ts";
import { findRoute, type Route, searchOf } from "../http/route.ts";
import { parseIdentifier, spellIdentifier } from "../identity/identifier.ts";
import type { Services } from "../services.ts";
import type { Visit } from "../visit.ts";
import { withGranted } from "./granted.ts";
import { answerImage, type RoutedImage } from "./image.ts";
import { answerInfo } from "./info.ts";
import { orMoved } from "./moved.ts";

/** A request for the path of an image. */
export interface ImagePathRequest {
  readonly request: Request;
  /** As it came, still encoded. */
  readonly path: string;
  /** The query with its question mark, which a redirect keeps; that of the request unless it is given. */
  readonly search?: string;
  readonly visit: Visit;
}

/** Answers all requests under the path of images. Throws an ImageError if one can't be answered. */
export async function answerImagePath(
  services: Services,
  { request, path, search, visit }: ImagePathRequest,
): Promise<Response> {
  const { config } = services;
  const options = answerOptions(request);
  if (options !== undefined) return options;
  const route = findRoute(path, config.prefix);
  const identifier = parseIdentifier(route.identifier);
  const pathOf = (spelling: string): string => {
    const start = config.prefix.length + (route.kind === "redirect" ? "/" : "/3/").length;
    const rest = path.slice(start + route.identifier.length);
    return `${path.slice(0, start)}${spelling}${rest}${search ?? searchOf(request.url)}`;
  };
  const asked = { request, identifier, visit };
  return orMoved(services, { identifier, visit, pathOf }, () => answerRoute(services, route, asked));
}

type RoutedRequest = Omit<RoutedImage<Route>, "route">;

function answerRoute(services: Services, route: Route, asked: RoutedRequest): Promise<Response> {
  const { request, identifier } = asked;
  const { config } = services;
  switch (route.kind) {
    case "redirect":
      return answerRedirect(services, asked, () => ({
        uri: route.path,
        status: 302,
        scope: "public",
      }));
    case "base": {
      const spelling = spellIdentifier(route.identifier);
      return answerRedirect(services, asked, () => ({
        uri: `${baseUri({ config, request, version: route.version, identifier, spelling })}/info.json`,
        status: 303,
        scope: isHostShared(config, request.url) ? "public" : "private",
      }));
    }
    case "info":
      return answerInfo(services, { ...asked, route });
    case "image":
      return answerImage(services, { ...asked, route });
  }
}

/**
 * Redirects to an image that there is and that may be seen, reduced at least: a path that was mistyped ends here, with the
 * reason. Throws what opening throws.
 */
function answerRedirect(
  services: Services,
  asked: RoutedRequest,
  leadTo: () => Omit<Redirect, "maxAgeSeconds">,
): Promise<Response> {
  const maxAgeSeconds = services.config.infoMaxAgeSeconds;
  return withGranted(services, { ...asked, instead: "reduced" }, async (_, { keeping }) =>
    respondRedirect({ ...leadTo(), maxAgeSeconds, keeping }),
  );
}
