import type { Account, Derivative } from "../account.ts";
import type { Lease } from "../budget/lease.ts";
import { collecting } from "../cache/collector.ts";
import { type DerivativeFacts, etagOf, findDerivative, keepDerivative, nameDerivative } from "../cache/derivatives.ts";
import { chooseStoring } from "../cache/storing.ts";
import type { KeptBody } from "../cache/tier.ts";
import { colorTreatment, findColorTable } from "../colors.ts";
import { sharedBaseUri } from "../http/base-uri.ts";
import { imageHeaders, respondImage, respondNotModified } from "../http/respond.ts";
import type { Route } from "../http/route.ts";
import { chunksOf, type SendingEnd, startSending } from "../http/sender.ts";
import { parseIdentifier } from "../identity/identifier.ts";
import { imageTag, masterIdentity } from "../identity/master-name.ts";
import { type CanonicalRequest, canonicalise, formatCanonical } from "../iiif/canonical.ts";
import { mediaTypes } from "../iiif/format.ts";
import { parseRequest } from "../iiif/request.ts";
import { formatCanonicalV2 } from "../iiif/v2/canonical.ts";
import { maxKeptBytes } from "../limits.ts";
import { type Master, openMaster, retryWhenReplaced } from "../masters/open.ts";
import { keepMetadata } from "../metadata/kept-metadata.ts";
import { isGray, seenSize } from "../pyramid/pyramid.ts";
import { directBodyBytes } from "../render/admission.ts";
import type { Envelope } from "../render/envelope.ts";
import { planRender, type RenderPlan } from "../render/plan.ts";
import { type Rendered, render } from "../render/render.ts";
import type { Services } from "../services.ts";
import type { Visit } from "../visit.ts";

/** Answers an image request. Throws an ImageError for whatever it can't be answered with. */
export function answerImage(
  services: Services,
  { request, route, visit }: { request: Request; route: Route & { kind: "image" }; visit: Visit },
): Promise<Response> {
  const imageRequest = parseRequest(route.parameters, route.version);
  const identifier = parseIdentifier(route.identifier);
  const { config } = services;
  const { account } = visit;
  const name = masterIdentity(identifier, config);
  return retryWhenReplaced(services.masters, name, async () => {
    const master = await openMaster(services.masters, name, visit);
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
    const base = sharedBaseUri({ config, request, version: route.version, identifier });
    const headers = imageHeaders({
      version: route.version,
      etag: `"${await etagOf(facts)}"`,
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
    const asked = { plan, canonical, master, envelope, facts, visit };
    return respondImage(await send(services, await obtain(services, asked), asked), headers, account);
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
  readonly facts: DerivativeFacts;
  readonly visit: Visit;
}

/** A picture that is ready to be sent. */
interface Obtained extends Rendered {
  /** Length of the whole body, where it is known. */
  readonly byteLength: number | undefined;
}

/**
 * Returns the derivative from a cache, or renders it and sees to it that it is kept. What decodes few pixels is not
 * looked for and not kept: the cache in front of the Worker has it, and behind that it is made again as fast as found.
 */
async function obtain(services: Services, picture: Picture): Promise<Obtained> {
  const { derivatives, config, budget, storing: rules } = services;
  const { plan, canonical, facts, visit } = picture;
  const { decodedPixels } = plan.cost;
  const storing = chooseStoring(rules, canonical, decodedPixels);
  if (decodedPixels < config.cacheAbovePixels && storing === "never")
    return drawn(await renderFresh(services, picture));
  const name = await nameDerivative(facts, config.storePicturesPerImage);
  const found = await findDerivative(derivatives, name, { storing, defer: visit.defer });
  const ready = found && (await openKept(services, found.kept, visit));
  if (ready !== undefined) {
    visit.account.strategy = "kept";
    visit.account.cache = found?.tier ?? "miss";
    return ready;
  }
  const keep = (bytes: Uint8Array, lease?: Lease): void =>
    visit.defer(keepDerivative(derivatives, name, { bytes, storing, ...(lease === undefined ? {} : { lease }) }));
  const { body, lease } = await renderFresh(services, picture);
  if (!(body instanceof Uint8Array))
    return drawn({ body: collecting(body, { limitBytes: maxKeptBytes, budget, keep }), lease });
  keep(body);
  return drawn({ body, lease });
}

function drawn({ body, lease }: Rendered): Obtained {
  return { body, lease, byteLength: body instanceof Uint8Array ? body.byteLength : undefined };
}

/** What a body that is streamed out of a cache takes: the chunk that is held back, and the next. In bytes. */
const streamedBytes = 1 << 18;

/**
 * Opens what a cache has. A stream that its client does not take holds little, but it holds it all the same. Undefined for
 * one that turns out damaged before any of it was sent: its cache has said so in the log.
 */
async function openKept(
  { budget }: Services,
  { body, byteLength, lease }: KeptBody,
  { patience }: Visit,
): Promise<Obtained | undefined> {
  if (body instanceof Uint8Array) return { body, lease, byteLength };
  const loan = { share: "bodies", bytes: streamedBytes, costMilliseconds: 0, waitingBytes: 4096 } as const;
  const reader = body.getReader();
  const held = await budget.take(loan, patience).catch(async (error) => {
    await reader.cancel(error);
    throw error;
  });
  try {
    const first = await reader.read();
    return { body: readBody(reader, first.value), lease: held, byteLength };
  } catch {
    held.release();
    return undefined;
  }
}

async function* readBody(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  first: Uint8Array | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for (let chunk = first; chunk !== undefined; chunk = (await reader.read()).value) yield chunk;
  } finally {
    await reader.cancel();
  }
}

async function renderFresh(
  { renderer, colors, budget, clock }: Services,
  { plan, master, envelope, visit }: Picture,
): Promise<Rendered> {
  const { account, patience, isAlone } = visit;
  account.strategy = plan.kind;
  account.tiles = plan.cost.tiles;
  const admission = { budget, clock, patience, isAlone };
  const isManaged = plan.kind !== "copy" && plan.colors.isManaged;
  const { model } = master.pyramid.levels[0].encoding;
  const table = isManaged ? await findColorTable({ ...colors, admission }, model, master.profile) : undefined;
  return render(renderer, plan, { inputs: { source: master.source, table, envelope }, admission });
}

/** Sends what is small whole, and all else as fast as the client takes it. */
async function send(
  { clock, config, streams, log }: Services,
  { body, byteLength, lease }: Obtained,
  { plan, facts, visit }: Pick<Picture, "plan" | "facts" | "visit">,
): Promise<Derivative> {
  const { mediaType } = facts;
  if (body instanceof Uint8Array && body.byteLength <= directBodyBytes) {
    lease?.release();
    return { mediaType, body };
  }
  const { account, patience, defer } = visit;
  const { readable, ended } = await startSending(body instanceof Uint8Array ? chunksOf(body) : body, {
    lease,
    clock,
    stallMilliseconds: 1000 * config.stallSeconds,
    signal: patience.signal,
    byteLength,
  });
  const report = (end: SendingEnd): void => {
    if (end.kind !== "whole") streams[end.kind] += 1;
    if (end.kind !== "whole" || plan.kind === "stream") log(sendingLine(facts, end, account));
  };
  defer(ended.then(report));
  return { mediaType, body: readable };
}

/** The line of the request was written when the first bytes went out: this one has all that was read. */
function sendingLine(
  { master, canonical }: DerivativeFacts,
  { kind, byteLength, failure }: SendingEnd,
  { reads, bytes }: Account,
): object {
  const level = kind === "broken" ? "error" : "info";
  const cause = failure === undefined ? {} : { cause: String(failure) };
  return { level, message: `stream ${kind}`, ...master, request: canonical, byteLength, reads, bytes, ...cause };
}
