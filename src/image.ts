import { collectingStream } from "./cache/collecting-stream.ts";
import { derivativeKey, findDerivative, keepDerivative } from "./cache/derivatives.ts";
import { colorTreatment, findColorTable } from "./colors.ts";
import type { Account, Derivative } from "./derivative.ts";
import { imageHeaders, respondImage, respondNotModified } from "./http/respond.ts";
import type { Route } from "./http/route.ts";
import { imageTag, masterIdentity, sharedBaseUri } from "./identity.ts";
import { type CanonicalRequest, canonicalise, formatCanonical } from "./iiif/canonical.ts";
import { mediaTypes } from "./iiif/format.ts";
import { parseIdentifier } from "./iiif/identifier.ts";
import { parseRequest } from "./iiif/request.ts";
import { formatCanonicalV2 } from "./iiif/v2/canonical.ts";
import { type Master, openMaster, retryWhenReplaced } from "./masters/open.ts";
import { keepMetadata } from "./metadata/kept-metadata.ts";
import type { Envelope } from "./render/envelope.ts";
import { planRender, type RenderPlan, seenSize } from "./render/plan.ts";
import { render, type StreamEnd } from "./render/render.ts";
import type { Services } from "./services.ts";
import { isGray } from "./tiff/pyramid.ts";

/** Encoded bytes of a streamed picture that are held back to be kept; above it is not kept. */
const keptStreamBytes = 8 << 20;

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
    const derivative = await derivativeKey({
      identifier,
      masterVersion: master.version,
      canonical: path,
      // What max means depends on limits that may be changed: the size it came to is part of the key.
      settings: [config.jpegQuality, config.colorProfile, config.keepMetadata, ...sizeOf(canonical)].join(" "),
    });
    const base = sharedBaseUri({ config, request, version: route.version, identifier });
    const headers = imageHeaders({
      version: route.version,
      etag: `"${derivative.slice(-32)}"`,
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
    const picture = await obtain(services, { plan, master, envelope, key: derivative, account });
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
  readonly master: Master;
  readonly envelope: Envelope;
  readonly key: string;
  readonly account: Account;
}

/**
 * Returns the derivative from a cache, or renders it and sees to it that it is kept. What decodes few pixels is not
 * looked for and not kept: the cache in front of the Worker has it, and behind that it is made again as fast as found.
 */
async function obtain(services: Services, picture: Picture): Promise<Derivative> {
  const { derivatives, config, defer } = services;
  const { plan, key, account } = picture;
  const { decodedPixels } = plan.cost;
  const isStored = decodedPixels >= config.storeAbovePixels;
  if (decodedPixels < config.cacheAbovePixels && !isStored) return renderFresh(services, picture);
  const found = await findDerivative(derivatives, key, { isStored, defer });
  if (found !== undefined) {
    account.strategy = "kept";
    account.cache = found.tier;
    return { mediaType: found.kept.mediaType, body: found.kept.bytes };
  }
  const keep = (bytes: Uint8Array): void =>
    defer(keepDerivative(derivatives, key, { kept: { bytes, mediaType: mediaTypes[plan.format] }, isStored }));
  const { mediaType, body } = await renderFresh(services, picture);
  if (body instanceof Uint8Array) {
    keep(body);
    return { mediaType, body };
  }
  return { mediaType, body: body.pipeThrough(collectingStream(keptStreamBytes, keep)) };
}

async function renderFresh(
  { renderer, colors, log }: Services,
  { plan, master, envelope, key, account }: Picture,
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
    onEnd: (end) => log(streamLine(key, end, account)),
  });
}

/** The line of the request was written when the first bytes went out: this one has all that was read. */
function streamLine(key: string, { kind, byteLength, failure }: StreamEnd, { reads, bytes }: Account): object {
  const level = kind === "broken" ? "error" : "info";
  const cause = failure === undefined ? {} : { cause: String(failure) };
  return { level, message: `stream ${kind}`, key, byteLength, reads, bytes, ...cause };
}
