import { unsigned } from "../access/asked-image.ts";
import type { Account } from "../account.ts";
import { sharedBaseUri } from "../http/base-uri.ts";
import { isDownload } from "../http/content-disposition.ts";
import { respondToAsker } from "../http/respond.ts";
import { imageHeaders, respondImage, respondKeptImage, respondUndrawn, unkeptHeaders } from "../http/respond-image.ts";
import { type ImageRoute, searchOf } from "../http/route.ts";
import { chunksOf, type SendingEnd, startSending } from "../http/sender.ts";
import type { Identifier } from "../identity/identifier.ts";
import { formatFileName } from "../iiif/file-name.ts";
import { mediaTypes } from "../iiif/format.ts";
import { type ImageRequest, parseRequest } from "../iiif/request.ts";
import { refuseUnsigned, rulesOfRequest } from "../iiif/signed-size.ts";
import { formatCanonicalV2 } from "../iiif/v2/canonical.ts";
import type { ApiVersion } from "../iiif/version.ts";
import { obtainPicture, type ReadyPicture } from "../kept-picture.ts";
import { marksOf } from "../marks/marks-of.ts";
import { openMark } from "../marks/store.ts";
import { canonicaliseFor, factsOf, nameOfPicture, planPicture } from "../picture.ts";
import type { Pyramid } from "../pyramid/pyramid.ts";
import { directBodyBytes } from "../render/admission.ts";
import type { Services } from "../services.ts";
import type { Visit } from "../visit.ts";
import { type AskedOf, type GrantedMaster, withGranted } from "./granted.ts";
import { reducedUri } from "./reduced-uri.ts";
import { AccessRefused } from "./refused.ts";

/** A request that is routed to an image, whose identifier is decoded. */
export interface RoutedImage<Kind> {
  readonly request: Request;
  readonly route: Kind;
  readonly identifier: Identifier;
  readonly visit: Visit;
}

/**
 * Answers an image request. Who may see the image reduced alone is led to the reduced one: addresses of thumbnails stay what
 * they were. Only a region in pixels means another part of that one. Throws an ImageError if it can't be answered.
 */
export async function answerImage(services: Services, routed: RoutedImage<ImageRoute>): Promise<Response> {
  const { request, route, identifier, visit } = routed;
  const { parameters, version } = route;
  const asked = parseRequest(parameters, version);
  try {
    return await answerPicture(services, { request, version, identifier, visit, ask: () => asked });
  } catch (error) {
    if (!(error instanceof AccessRefused) || asked.region.kind === "pixels") throw error;
    const uri = reducedUri(services, routed, error.refusal);
    if (uri === undefined) throw error;
    const { region, size, rotation, qualityAndFormat } = parameters;
    const path = `${uri}/${region}/${size}/${rotation}/${qualityAndFormat}`;
    return respondToAsker({ uri: `${path}${searchOf(request.url)}`, status: 302 });
  }
}

/** A picture that is asked for in whatever way. */
export interface PictureRequest extends Pick<AskedOf, "instead"> {
  readonly request: Request;
  /** That what is asked for is meant in, and the answer names. */
  readonly version: ApiVersion;
  readonly identifier: Identifier;
  readonly visit: Visit;
  /** Says what is asked for of the image that was opened. */
  readonly ask: (pyramid: Pyramid) => ImageRequest;
}

/** Answers with a picture. Throws an ImageError if there can't be one, and what `ask` throws. */
export function answerPicture(
  services: Services,
  { request, version, identifier, visit, ask, instead }: PictureRequest,
): Promise<Response> {
  const { config } = services;
  return withGranted(services, { request, identifier, visit, instead }, async (master, granted) => {
    const { image: asked, keeping } = granted;
    const wanted = ask(master.pyramid);
    // A signature that is not for this address was refused before.
    const claim = { isSigned: asked.signature !== undefined, limit: config.signedAbovePixels };
    const canonical = canonicaliseFor(master, wanted, rulesOfRequest(services.sizeRules[version], wanted, claim));
    refuseUnsigned(canonical, claim);
    const { style, naming } = await styleOf(services, granted, visit);
    const { account } = visit;
    account.format = canonical.format;
    account.width = canonical.size.width;
    account.height = canonical.size.height;
    const picture = planPicture(master, canonical, style);
    const name = await nameOfPicture(master, canonical, naming);
    const base = sharedBaseUri({ config, request, version, identifier: unsigned(asked) });
    const image = (): ReturnType<typeof factsOf> => factsOf(master.pyramid);
    const path = version === 3 ? name.facts.canonical : formatCanonicalV2(canonical, image(), naming.limits);
    const headers = imageHeaders({
      version,
      etag: `"${name.etag}"`,
      cacheTag: master.name.places.cacheTag,
      maxAgeSeconds: config.imageMaxAgeSeconds,
      keeping,
      canonicalUri: `${base}/${path}`,
      fileName: isDownload(request) ? formatFileName(asked.identifier, canonical, image()) : undefined,
    });
    const notModified = respondKeptImage(request, headers, account);
    if (notModified !== undefined) return notModified;
    const mediaType = mediaTypes[canonical.format];
    if (request.method === "HEAD") return respondUndrawn(mediaType, headers, account);
    const ready = await obtainPicture(services.pictures, { picture, name, visit });
    const logged = { key: master.name.key, page: master.name.page, request: name.facts.canonical };
    const body = await send(services, ready, { isLogged: picture.plan.kind === "stream", logged, visit });
    const sent = ready.damage === undefined ? headers : unkeptHeaders(headers);
    return respondImage({ mediaType, body }, sent, account);
  });
}

/** How pictures of an image are made and named: as all are, with what is put over those of this one. */
async function styleOf(
  { style, naming, marks: store }: Services,
  { stated, whole: image }: GrantedMaster,
  visit: Visit,
): Promise<Pick<Services, "style" | "naming">> {
  const { policies, rules } = stated;
  const marks = await marksOf((name) => openMark(store, { name, visit }), { policies, rules, image });
  if (marks === undefined) return { style, naming };
  const marked = { ...style, marks };
  return { style: marked, naming: { ...naming, style: marked } };
}

/** What the line of a stream says of its picture; one that ended well is told of only when `isLogged`. */
interface SendingReport {
  readonly isLogged: boolean;
  readonly logged: { readonly key: string; readonly page: number; readonly request: string };
  readonly visit: Visit;
}

/** Sends what is small whole, and all else as fast as the client takes it. */
async function send(
  { clock, config, streams }: Services,
  { body, byteLength, lease }: ReadyPicture,
  { isLogged, logged, visit }: SendingReport,
): Promise<Uint8Array | ReadableStream<Uint8Array>> {
  if (body instanceof Uint8Array && body.byteLength <= directBodyBytes) {
    lease?.release();
    return body;
  }
  const { account, patience, defer, log } = visit;
  const { readable, ended } = await startSending(body instanceof Uint8Array ? chunksOf(body) : body, {
    lease,
    clock,
    stallMilliseconds: 1000 * config.stallSeconds,
    signal: patience.signal,
    byteLength,
  });
  const report = (end: SendingEnd): void => {
    account.sentBytes = end.byteLength;
    if (end.kind !== "whole") streams[end.kind] += 1;
    if (end.kind !== "whole" || isLogged) log({ ...sendingLine(end, account), ...logged });
  };
  account.sending = ended.then(report);
  defer(account.sending);
  return readable;
}

/** The line of the request was written when the first bytes went out: this one has all that was read. */
function sendingLine({ kind, byteLength, failure }: SendingEnd, { reads, bytes }: Account): object {
  const level = kind === "broken" ? "error" : "info";
  const cause = failure === undefined ? {} : { cause: String(failure) };
  return { level, message: `stream ${kind}`, byteLength, reads, bytes, ...cause };
}
