import { ImageError } from "../error.ts";
import { baseUri, isHostShared } from "../http/base-uri.ts";
import { respondOptions, respondRedirect } from "../http/respond.ts";
import { findRoute } from "../http/route.ts";
import { parseIdentifier, spellIdentifier } from "../identity/identifier.ts";
import type { Services } from "../services.ts";
import type { Visit } from "../visit.ts";
import { answerImage } from "./image.ts";
import { answerInfo } from "./info.ts";

/** A request for the path of an image. */
export interface ImagePathRequest {
  readonly request: Request;
  /** As it came, still encoded. */
  readonly path: string;
  readonly visit: Visit;
}

/** Answers all requests under the path of images. Throws an ImageError if one can't be answered. */
export async function answerImagePath(
  services: Services,
  { request, path, visit }: ImagePathRequest,
): Promise<Response> {
  const { config } = services;
  if (request.method === "OPTIONS") return respondOptions();
  if (request.method !== "GET" && request.method !== "HEAD") {
    throw new ImageError("method-not-allowed", "Only GET, HEAD and OPTIONS are allowed here.");
  }
  const route = findRoute(path, config.prefix);
  const maxAgeSeconds = config.infoMaxAgeSeconds;
  switch (route.kind) {
    case "redirect":
      return respondRedirect({ uri: route.path, status: route.status, maxAgeSeconds, scope: "public" });
    case "base": {
      const identifier = parseIdentifier(route.identifier);
      const spelling = spellIdentifier(route.identifier);
      const uri = `${baseUri({ config, request, version: route.version, identifier, spelling })}/info.json`;
      const scope = isHostShared(config, request.url) ? "public" : "private";
      return respondRedirect({ uri, status: 303, maxAgeSeconds, scope });
    }
    case "info":
      return answerInfo(services, { request, route, visit });
    case "image":
      return answerImage(services, { request, route, visit });
  }
}
