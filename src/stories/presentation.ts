import type { Collection } from "../catalogue/collection.ts";
import { digest } from "../digest.ts";
import { ImageError } from "../error.ts";
import { baseOf, isHostShared } from "../http/base-uri.ts";
import { chooseDocumentType, chooseDocumentVersion } from "../http/negotiate.ts";
import { documentHeaders, respondNotModified, respondRedirect, respondText } from "../http/respond.ts";
import { documentPrefix, nowhere, rawPath } from "../http/route.ts";
import { collectionTag, objectTag } from "../identity/cache-tags.ts";
import { parseIdentifier } from "../identity/identifier.ts";
import type { ApiVersion } from "../iiif/version.ts";
import type { Addresses } from "../presentation/addresses.ts";
import { formatCollection, formatPart } from "../presentation/collection.ts";
import { partsOf } from "../presentation/collection-parts.ts";
import type { Json } from "../presentation/json.ts";
import { formatManifest } from "../presentation/manifest.ts";
import { formatPiece } from "../presentation/piece.ts";
import { findPresentationRoute, type PresentationRoute } from "../presentation/route.ts";
import { formatCollectionV2, formatPartV2 } from "../presentation/v2/collection.ts";
import { formatManifestV2 } from "../presentation/v2/manifest.ts";
import { withCollection, withWork } from "../records.ts";
import type { Services } from "../services.ts";
import type { Visit } from "../visit.ts";

/** A document, and the thing whose answers are purged together. */
interface Document {
  readonly json: Json;
  readonly version: ApiVersion;
  readonly tag: string;
}

/**
 * Answers a request for a document of the Presentation API: a manifest, a collection or a piece of an object, each written
 * from one record. Throws an ImageError if it can't be answered.
 */
export async function answerPresentation(
  services: Services,
  { request, visit }: { readonly request: Request; readonly visit: Visit },
): Promise<Response> {
  const rest = rawPath(request.url).slice(documentPrefix.length);
  const route = findPresentationRoute(rest);
  if (route === undefined) throw nowhere("Manifests are at /presentation/3/{object}/manifest.");
  if (route.kind === "unversioned") return redirectToVersion(services, request, route.rest);
  const { config, sizeRules } = services;
  // What is not scaled up is as large in both versions.
  const { limits } = sizeRules[3];
  const isSearched = services.search === undefined ? {} : ({ isSearched: true } as const);
  const addresses: Addresses = { base: baseOf({ config, request }), imagePrefix: config.prefix, limits, ...isSearched };
  const document = await findDocument(services, { addresses, route, visit });
  return respondDocument(services, { request, visit, document });
}

/** Where one URL has several versions, caches have to tell requests apart by what they accept. */
function redirectToVersion({ config }: Services, request: Request, rest: string): Response {
  const uri = `${documentPrefix}${chooseDocumentVersion(request)}/${rest}`;
  const maxAgeSeconds = config.infoMaxAgeSeconds;
  return respondRedirect({ uri, status: 302, maxAgeSeconds, scope: "public", isNegotiated: true });
}

interface Asked {
  readonly addresses: Addresses;
  readonly route: Exclude<PresentationRoute, { readonly kind: "unversioned" }>;
  readonly visit: Visit;
}

function findDocument({ records }: Services, { addresses, route, visit }: Asked): Promise<Document> {
  switch (route.kind) {
    case "manifest": {
      const key = parseIdentifier(route.key);
      return withWork(records, { key, visit }, async (work) => {
        const { version } = route;
        const json = version === 3 ? formatManifest(addresses, work) : formatManifestV2(addresses, work);
        return { json, version, tag: await objectTag(key) };
      });
    }
    case "piece": {
      const key = parseIdentifier(route.object);
      return withWork(records, { key, visit }, async (work) => {
        const json = formatPiece(addresses, work, { piece: route.piece, key: parseIdentifier(route.key) });
        if (json === undefined) throw new ImageError("not-found", `The object has no ${route.piece} of this name.`);
        return { json, version: 3, tag: await objectTag(key) };
      });
    }
    case "collection": {
      const key = parseIdentifier(route.key);
      return withCollection(records, { key, visit }, async (collection) => {
        const part = route.part === undefined ? undefined : parseIdentifier(route.part);
        const json = documentOfCollection({ addresses, collection, part, version: route.version });
        return { json, version: route.version, tag: await collectionTag(key) };
      });
    }
  }
}

interface AskedCollection {
  readonly addresses: Addresses;
  readonly collection: Collection;
  readonly part: string | undefined;
  readonly version: ApiVersion;
}

function documentOfCollection({ addresses, collection, part: key, version }: AskedCollection): Json {
  if (key === undefined) return (version === 3 ? formatCollection : formatCollectionV2)(addresses, collection);
  const part = partsOf(collection).find((part) => part.key === key);
  if (part === undefined) throw new ImageError("not-found", "The collection has no part of this name.");
  return (version === 3 ? formatPart : formatPartV2)(addresses, collection, part);
}

async function respondDocument(
  { config }: Services,
  { request, visit, document }: { readonly request: Request; readonly visit: Visit; readonly document: Document },
): Promise<Response> {
  const { json, version, tag } = document;
  const text = JSON.stringify(json);
  const contentType = chooseDocumentType(request, version);
  const headers = documentHeaders({
    etag: `"${await digest(text + contentType)}"`,
    cacheTag: tag,
    maxAgeSeconds: config.infoMaxAgeSeconds,
    contentType,
    scope: isHostShared(config, request.url) ? "public" : "private",
  });
  return respondNotModified(request, headers, visit.account) ?? respondText(text, headers, visit.account);
}
