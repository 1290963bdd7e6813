import { collectingStream } from "./cache/collecting-stream.ts";
import { type DerivativeName, findDerivative, keepDerivative, nameDerivative } from "./cache/derivatives.ts";
import { ofLength } from "./cache/fixed-length.ts";
import { chooseStoring } from "./cache/storing.ts";
import { colorTreatment, findColorTable } from "./colors.ts";
import type { Account, Derivative } from "./derivative.ts";
import { imageHeaders, respondImage, respondNotModified } from "./http/respond.ts";
import type { Route } from "./http/route.ts";
import { baseUri, imageTag, masterIdentity } from "./identity.ts";
import { type CanonicalRequest, canonicalise, formatCanonical } from "./iiif/canonical.ts";
import { mediaTypes } from "./iiif/format.ts";
import { parseIdentifier } from "./iiif/identifier.ts";
import { parseRequest } from "./iiif/request.ts";
import { formatCanonicalV2 } from "./iiif/v2/canonical.ts";
import { maxKeptBytes } from "./limits.ts";
import { type Master, openMaster, retryWhenReplaced } from "./masters/open.ts";
import { keepMetadata } from "./metadata/kept-metadata.ts";
import type { Envelope } from "./render/envelope.ts";
import { planRender, type RenderPlan, seenSize } from "./render/plan.ts";
import { render, type StreamEnd } from "./render/render.ts";
import type { Services } from "./services.ts";
import { isGray } from "./tiff/pyramid.ts";

/** Answers an image request. Throws an ImageError for whatever it can't be answered with. */
export function answerImage(
  services: Services,
  { request, route, account }: { request: Request; route: Route & { kind: "image" }; account: Account },
): Promise<Response> {
  const imageRequest = parseRequest(route.parameters, route.version);
  const identifier = parseIdentifier(route.identifier);
  const { config } = services;
  const name = masterIdentity(identifier, config);
  return retryWhenReplaced(services.masters, name, async () => {
    const master = await openMaster(services.masters, name, account);
    const image = { ...seenSize(master.pyramid), isGray: isGray(master.pyramid) };
    const canonical = canonicalise(imageRequest, image, services.sizeRules);
    const path = formatCanonical(canonical, image, services.sizeRules.limits);
    const facts = {
      master: name,
      masterVersion: master.version,
      canonical: path,
      // What max means depends on limits that may be changed: the size it came to is part of the key.
      settings: [config.jpegQuality, config.colorProfile, config.keepMetadata, ...sizeOf(canonical)].join(" "),
      mediaType: mediaTypes[canonical.format],
    };
    const derivative = await nameDerivative(facts, config.storePicturesPerImage);
    const base = baseUri({ config, request, version: route.version, identifier });
    const headers = imageHeaders({
      version: route.version,
      etag: `"${derivative.etag}"`,
      cacheTag: await imageTag(identifier),
      maxAgeSeconds: config.imageMaxAgeSeconds,
      canonicalUri: `${base}/${route.version === 3 ? path : formatCanonicalV2(canonical, image)}`,
    });
    const notModified = respondNotModified(request, headers, account);
    if (notModified !== undefined) return notModified;
    const treatment = colorTreatment(master, canonical, config.colorProfile);
    const { isProfiled } = treatment;
    const plan = planRender(canonical, master.pyramid, { sourceSize: master.source.size, isProfiled });
    if (request.method === "HEAD") return respondImage(emptyOf(canonical), headers, account);
    const scale = canonical.size.width / canonical.region.width;
    const envelope = { ...keepMetadata(master.metadata, config.keepMetadata, scale), icc: treatment.embedded };
    const picture = await obtain(services, { plan, canonical, master, envelope, name: derivative, account });
    return respondImage(picture, headers, account);
  });
}

function sizeOf({ size: { width, height } }: CanonicalRequest): readonly number[] {
  return [width, height];
}

function emptyOf({ format }: CanonicalRequest): Derivative {
  return { mediaType: mediaTypes[format], body: new ReadableStream() };
}

/** A picture to obtain. */
interface Picture {
  readonly plan: RenderPlan;
  readonly canonical: CanonicalRequest;
  readonly master: Master;
  readonly envelope: Envelope;
  readonly name: DerivativeName;
  readonly account: Account;
}

/**
 * Returns the derivative from a cache, or renders it and sees to it that it is kept. What decodes few pixels is not
 * looked for and not kept: the cache in front of the Worker has it, and behind that it is made again as fast as found.
 */
async function obtain(services: Services, picture: Picture): Promise<Derivative> {
  const { derivatives, config, defer } = services;
  const { plan, canonical, name, account } = picture;
  const { decodedPixels } = plan.cost;
  const storing = chooseStoring(services.storing, canonical, decodedPixels);
  if (decodedPixels < config.cacheAbovePixels && storing === "never") return renderFresh(services, picture);
  const found = await findDerivative(derivatives, name, storing);
  if (found !== undefined) {
    account.strategy = "kept";
    account.cache = found.tier;
    const { body, byteLength } = found.kept;
    return { mediaType: name.mediaType, body: body instanceof Uint8Array ? body : ofLength(body, byteLength) };
  }
  const keep = (bytes: Uint8Array): void => defer(keepDerivative(derivatives, name, { bytes, storing }));
  const { mediaType, body } = await renderFresh(services, picture);
  if (body instanceof Uint8Array) {
    keep(body);
    return { mediaType, body };
  }
  return { mediaType, body: body.pipeThrough(collectingStream(maxKeptBytes, keep)) };
}

async function renderFresh(
  { renderer, colors, log }: Services,
  { plan, master, envelope, name, account }: Picture,
): Promise<Derivative> {
  account.strategy = plan.kind;
  account.tiles = plan.cost.tiles;
  const isManaged = plan.kind !== "copy" && plan.colors.isManaged;
  const { model } = master.pyramid.levels[0].encoding;
  const table = isManaged ? await findColorTable(colors, model, master.profile) : undefined;
  return render(renderer, plan, {
    source: master.source,
    table,
    envelope,
    onEnd: (end) => log(streamLine(name.edge.key, end, account)),
  });
}

/** The line of the request was written when the first bytes went out: this one has all that was read. */
function streamLine(key: string, { kind, byteLength, failure }: StreamEnd, { reads, bytes }: Account): object {
  const level = kind === "broken" ? "error" : "info";
  const cause = failure === undefined ? {} : { cause: String(failure) };
  return { level, message: `stream ${kind}`, key, byteLength, reads, bytes, ...cause };
}
