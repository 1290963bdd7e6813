import { type Keeping, keepingOf } from "../access/grant.ts";
import type { Collection } from "../catalogue/collection.ts";
import { decisionsOf, type ShowingGround } from "../catalogue/object-access.ts";
import { formatRecordJson } from "../catalogue/record-json.ts";
import { policiesOfCollection, showCollection } from "../catalogue/shown-collection.ts";
import { type ShownWork, showWork } from "../catalogue/shown-work.ts";
import type { Work } from "../catalogue/work.ts";
import { digest } from "../digest.ts";
import { ImageError } from "../error.ts";
import { baseOf, isHostShared } from "../http/base-uri.ts";
import { chooseDocumentType, chooseDocumentVersion } from "../http/negotiate.ts";
import { documentHeaders, respondKnown, respondNotModified, respondRedirect, respondText } from "../http/respond.ts";
import { documentPrefix, nowhere, rawPath } from "../http/route.ts";
import { collectionTag, objectTag } from "../identity/cache-tags.ts";
import { parseIdentifier } from "../identity/identifier.ts";
import type { ApiVersion } from "../iiif/version.ts";
import { statedInRecord } from "../policies.ts";
import type { Addresses, LetsIn } from "../presentation/addresses.ts";
import { formatCollection, formatPart } from "../presentation/collection.ts";
import { partsOf } from "../presentation/collection-parts.ts";
import { documentVersion } from "../presentation/document-version.ts";
import type { Json } from "../presentation/json.ts";
import { formatManifest } from "../presentation/manifest.ts";
import { formatPiece } from "../presentation/piece.ts";
import { findPresentationRoute, type PresentationRoute } from "../presentation/route.ts";
import { formatCollectionV2, formatPartV2 } from "../presentation/v2/collection.ts";
import { formatManifestV2 } from "../presentation/v2/manifest.ts";
import { noSuchRecord, withCollection, withWork } from "../records.ts";
import type { Services } from "../services.ts";
import type { Visit } from "../visit.ts";
import { loginsOf } from "./logins.ts";
import { grantDocuments, groundOf } from "./shown.ts";

/** A document that can be written: what it is made of, and the thing whose answers are purged together. */
interface Document {
  /** Who may keep it. */
  readonly keeping: Keeping;
  /** What was decided about what it shows. */
  readonly decisions: string;
  /** The version of the record that it is made of. */
  readonly recordVersion: string;
  readonly version: ApiVersion;
  readonly tag: string;
  /** Throws `record-malformed`, and `not-found` for a piece or a part that the record does not have. */
  readonly write: () => Json;
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
  const { config, publicRules } = services;
  // What is not scaled up is as large in both versions.
  const { limits } = publicRules[3];
  const isSearched = services.search === undefined ? {} : ({ isSearched: true } as const);
  const addresses: Addresses = { base: baseOf({ config, request }), imagePrefix: config.prefix, limits, ...isSearched };
  const ground = await groundOf(services, visit);
  const letsIn = { rules: ground.rules, logins: loginsOf(config) };
  return withDocument(services, { route, request, visit, addresses: { ...addresses, letsIn }, ground }, (document) =>
    respondDocument(services, { request, visit, addresses, document }),
  );
}

/** Where one URL has several versions, caches have to tell requests apart by what they accept. */
function redirectToVersion({ config }: Services, request: Request, rest: string): Response {
  const uri = `${documentPrefix}${chooseDocumentVersion(request)}/${rest}`;
  const maxAgeSeconds = config.infoMaxAgeSeconds;
  return respondRedirect({ uri, status: 302, maxAgeSeconds, scope: "public", isNegotiated: true });
}

interface Asked {
  readonly route: Exclude<PresentationRoute, { readonly kind: "unversioned" }>;
  readonly request: Request;
  readonly visit: Visit;
  readonly addresses: Addresses;
  readonly ground: ShowingGround;
}

/** Runs `answer` with the document of a route, while the memory of its record is held. */
function withDocument(
  services: Services,
  { route, request, visit, addresses, ground }: Asked,
  answer: (document: Document) => Promise<Response>,
): Promise<Response> {
  const { records, policies } = services;
  if (route.kind === "collection") {
    const { version } = route;
    const key = parseIdentifier(route.key);
    const part = route.part === undefined ? undefined : parseIdentifier(route.part);
    return withCollection(records, { key, visit }, async (stored) => {
      const collection = stored.read();
      const stated = policiesOfCollection(collection, ground);
      const shown = showCollection(collection, ground);
      const write = (): Json => writeCollection({ addresses, collection: shown, part, version });
      const decisions = stated.length === 0 ? "" : formatRecordJson(shown);
      const keeping = keepingOf(stated, ground.now);
      return answer({
        recordVersion: stored.version,
        version,
        tag: await collectionTag(key),
        write,
        keeping,
        decisions,
      });
    });
  }
  const key = parseIdentifier(route.kind === "manifest" ? route.key : route.object);
  const version = route.kind === "manifest" ? route.version : 3;
  return withWork(records, { key, visit }, async (stored) => {
    const stated = statedInRecord(policies, key, stored);
    const keeping = await grantDocuments(services, { request, key, visit }, { stated, ground });
    const write = (): Json => writeFromWork({ addresses, work: shownIn(stored.read(), ground), route });
    const decisions = decisionsOf(stated, ground) + describeLogins(addresses.letsIn);
    return answer({ recordVersion: stored.version, version, tag: await objectTag(key), write, keeping, decisions });
  });
}

/** What documents say of how somebody is let in, as a text: another one where they say something else. */
function describeLogins(letsIn: LetsIn | undefined): string {
  if (letsIn === undefined || letsIn.logins.size === 0) return "";
  const { clicks, roles } = letsIn.rules;
  return JSON.stringify([[...letsIn.logins], [...clicks], [...roles]]);
}

/** What was granted is not hidden. */
function shownIn(work: Work, ground: ShowingGround): ShownWork {
  const shown = showWork(work, ground);
  if (shown === undefined) throw noSuchRecord();
  return shown;
}

interface WrittenFromWork {
  readonly addresses: Addresses;
  readonly work: ShownWork;
  readonly route: Exclude<Asked["route"], { readonly kind: "collection" }>;
}

function writeFromWork({ addresses, work, route }: WrittenFromWork): Json {
  if (route.kind === "manifest") return (route.version === 3 ? formatManifest : formatManifestV2)(addresses, work);
  const json = formatPiece(addresses, work, { piece: route.piece, key: parseIdentifier(route.key) });
  if (json === undefined) throw new ImageError("not-found", `The object has no ${route.piece} of this name.`);
  return json;
}

interface WrittenCollection {
  readonly addresses: Addresses;
  readonly collection: Collection;
  readonly part: string | undefined;
  readonly version: ApiVersion;
}

function writeCollection({ addresses, collection, part: key, version }: WrittenCollection): Json {
  if (key === undefined) return (version === 3 ? formatCollection : formatCollectionV2)(addresses, collection);
  const part = partsOf(collection).find((part) => part.key === key);
  if (part === undefined) throw new ImageError("not-found", "The collection has no part of this name.");
  return (version === 3 ? formatPart : formatPartV2)(addresses, collection, part);
}

interface Answered {
  readonly request: Request;
  readonly visit: Visit;
  readonly addresses: Addresses;
  readonly document: Document;
}

/**
 * A document is a function of its record, what was decided, the addresses and the program, so these make its entity tag: who has it already
 * is told so before anything is read from the record or written.
 */
async function respondDocument({ config }: Services, asked: Answered): Promise<Response> {
  const { request, visit, addresses, document } = asked;
  const { recordVersion, version, tag, write, keeping, decisions } = document;
  const contentType = chooseDocumentType(request, version);
  const made = [
    documentVersion,
    recordVersion,
    JSON.stringify(addresses),
    rawPath(request.url),
    contentType,
    decisions,
  ];
  const headers = documentHeaders({
    etag: `"${await digest(made.join("\n"))}"`,
    cacheTag: tag,
    maxAgeSeconds: config.infoMaxAgeSeconds,
    keeping,
    contentType,
    scope: isHostShared(config, request.url) ? "public" : "private",
  });
  const known = respondKnown(request, headers, visit.account);
  if (known !== undefined) return known;
  const text = JSON.stringify(write());
  return respondNotModified(request, headers, visit.account) ?? respondText(text, headers, visit.account);
}
