import { type Admission, soleAdmission } from "./budget/admission.ts";
import { keptLimits } from "./budget/isolate-memory.ts";
import type { PictureFacts } from "./cache/derivatives.ts";
import { entityTag, type HeldDigests, heldDigest } from "./cache/entity-tag.ts";
import { IsolateCache } from "./cache/isolate.ts";
import { formatStyle, withSize } from "./cache/picture-settings.ts";
import { type ColorPolicy, type ColorTables, colorTreatment, findColorTable } from "./colors.ts";
import { type CanonicalRequest, canonicalise, formatCanonical, type ImageFacts } from "./iiif/canonical.ts";
import { mediaTypes } from "./iiif/format.ts";
import { rulesOfImage } from "./iiif/reduced-rules.ts";
import type { ImageRequest } from "./iiif/request.ts";
import type { SizeLimits, SizeRules } from "./iiif/size.ts";
import { tileOf } from "./iiif/tiles.ts";
import type { MasterImage } from "./masters/image.ts";
import type { Master } from "./masters/store.ts";
import { keepMetadata } from "./metadata/kept-metadata.ts";
import type { MetadataPolicy } from "./metadata/metadata.ts";
import { type Pyramid, seenImage, seenLevels } from "./pyramid/pyramid.ts";
import { reducedSide } from "./pyramid/reduced.ts";
import type { KernelModules } from "./raster/kernel.ts";
import type { Weights } from "./raster/weights.ts";
import { type Damage, damagedImage } from "./render/damage.ts";
import type { Envelope } from "./render/envelope.ts";
import { Kernels } from "./render/kernels.ts";
import { formatMarks, hasMarks, type Marks } from "./render/marks.ts";
import { putOnPage } from "./render/paged.ts";
import { planRender, type RenderPlan } from "./render/plan.ts";
import { type Rendered, render } from "./render/render.ts";
import type { Qualities } from "./render/row-encoder.ts";
import type { KeptHeads } from "./render/tile-head.ts";
import type { ByteSource } from "./source/byte-source.ts";

/** How pictures are made: the same for all masters, but for marks. */
export interface PictureStyle {
  readonly qualities: Qualities;
  readonly colorProfile: ColorPolicy;
  readonly keepMetadata: MetadataPolicy;
  /** What is put over the pictures of one image; none for all others. */
  readonly marks?: Marks | undefined;
}

/** What pictures are drawn with. */
export interface DrawingTools {
  readonly kernels: Kernels;
  readonly colorTables: ColorTables;
}

/** Returns the kernels of an isolate, and of the command line, which keep weights from one picture to the next. */
export function openKernels(modules: KernelModules): Kernels {
  return new Kernels(modules, new IsolateCache<Weights>(keptLimits.weights));
}

/** A master that pictures are drawn of. */
export interface DrawnMaster extends MasterImage {
  readonly source: ByteSource;
}

/** A picture that is planned: nothing of it has been read. */
export interface Picture {
  readonly master: DrawnMaster;
  readonly canonical: CanonicalRequest;
  readonly plan: RenderPlan;
  /** What goes around the pixels, formatted now: tiles that are copied have one of their level's that is kept. */
  readonly envelope: () => Envelope;
  readonly qualities: Qualities;
}

/** Returns a request with every number final for this master. Throws what canonicalising throws. */
export function canonicaliseFor(
  { pyramid }: Pick<MasterImage, "pyramid">,
  request: ImageRequest,
  rules: SizeRules,
): CanonicalRequest {
  return canonicalise(request, factsOf(pyramid), rulesOfImage(pyramid, rules));
}

/** Returns what canonicalising has to know about an image. */
export function factsOf(pyramid: Pyramid): Required<ImageFacts> {
  return { ...seenImage(pyramid), tile: tileOf(pyramid), levels: seenLevels(pyramid) };
}

/** Plans a picture: its rendering, and what goes around the pixels. Reads nothing. Throws what `planRender` throws. */
export function planPicture(master: DrawnMaster, canonical: CanonicalRequest, style: PictureStyle): Picture {
  const { marks } = style;
  const { isProfiled, embedded } = colorTreatment(master, canonical, style.colorProfile);
  const plan = planRender(canonical, master.pyramid, { sourceSize: master.source.size, isProfiled, marks });
  return {
    master,
    canonical,
    plan,
    qualities: style.qualities,
    envelope: () => ({ ...keepMetadata(master.metadata, metadataPolicy(style), scaleOf(canonical)), icc: embedded }),
  };
}

/** Output pixels for a pixel of the master. */
function scaleOf({ size, region }: CanonicalRequest): number {
  return size.width / region.width;
}

/** Blocks that are kept as they are may show the image without its marks: a preview, notes of a camera. */
function metadataPolicy({ keepMetadata, marks }: PictureStyle): MetadataPolicy {
  return keepMetadata === "all" && marks !== undefined && hasMarks(marks) ? "copyright" : keepMetadata;
}

/** What the name of a picture depends on next to the picture. */
export interface NamingRules {
  readonly style: PictureStyle;
  readonly limits: SizeLimits;
  readonly picturesPerMaster: number;
  readonly digests: HeldDigests;
}

/** What a picture is called. */
export interface PictureName {
  /** Its entity tag, without quotes. */
  readonly etag: string;
  /** What all pictures of its image have in common: the first part of their entity tags. */
  readonly common: string;
  /** What caches find it by. */
  readonly facts: PictureFacts;
  readonly picturesPerMaster: number;
}

/** Returns what the picture of a master is called: its entity tag, and what says where it is kept. */
export async function nameOfPicture(
  { name, version, pyramid }: Pick<Master, "name" | "version" | "pyramid">,
  canonical: CanonicalRequest,
  { style: { qualities, colorProfile, keepMetadata, marks }, limits, picturesPerMaster, digests }: NamingRules,
): Promise<PictureName> {
  const marked = marks !== undefined && hasMarks(marks) ? await heldDigest(digests, formatMarks(marks)) : undefined;
  const settings = { jpegQuality: qualities.jpeg, colorProfile, keepMetadata, marks: marked };
  const style = formatStyle(settings, reducedSide(pyramid));
  const facts = {
    master: name,
    masterVersion: version,
    canonical: formatCanonical(canonical, seenImage(pyramid), limits),
    settings: withSize(style, canonical.size),
    mediaType: mediaTypes[canonical.format],
  };
  const { etag, common } = await entityTag(digests, { ...facts, style });
  return { etag, common, facts, picturesPerMaster };
}

/** For whom a picture is drawn. */
export interface Drawing {
  readonly admission: Admission;
  readonly log: (line: object) => void;
  readonly heads?: KeptHeads;
}

/**
 * Draws a picture. A copied or drawn one is returned whole; a streamed one as pieces, which fail where drawing does.
 * Throws `source-malformed`, `source-unsupported`, `render-memory`, `render-busy`, `client-gone`, and what the source
 * throws.
 */
export async function drawPicture(
  { kernels, colorTables }: DrawingTools,
  picture: Picture,
  { admission, log, heads }: Drawing,
): Promise<Rendered> {
  const { master, canonical, plan, qualities, envelope } = picture;
  const { profile, source, pyramid } = master;
  const { model } = pyramid.levels[0].encoding;
  const isManaged = plan.kind !== "copy" && plan.colors.isManaged;
  const table = isManaged ? await findColorTable(colorTables, { model, profile, admission, log }) : undefined;
  const inputs = { source, table, qualities, envelope, scale: scaleOf(canonical), heads };
  const rendered = await render(kernels, plan, { inputs, admission });
  if (canonical.format !== "pdf") return rendered;
  return putOnPage(rendered, { plan, canonical, envelope: envelope() });
}

/** Who is told of a picture that is drawn alone. */
export interface Listener {
  readonly log?: Drawing["log"];
  /** Told what a picture lacks because its master is damaged. Without it, such a picture is refused. */
  readonly onDamage?: (damage: Damage) => void;
}

/**
 * Draws a picture outside the service, where nothing competes for memory, and yields it in pieces. Throws what
 * `drawPicture` throws, and `source-malformed` for a damaged picture if nobody listens.
 */
export async function* drawAlone(
  tools: DrawingTools,
  picture: Picture,
  { log = () => undefined, onDamage = refuseDamage }: Listener = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const { body, damage } = await drawPicture(tools, picture, { admission: soleAdmission(), log });
  if (damage !== undefined) onDamage(damage);
  if (body instanceof Uint8Array) yield body;
  else yield* body;
}

function refuseDamage(damage: Damage): never {
  throw damagedImage(damage);
}
