import { type Admission, soleAdmission } from "./budget/admission.ts";
import { keptLimits } from "./budget/isolate-memory.ts";
import { namePicture, type PictureName } from "./cache/derivatives.ts";
import { IsolateCache } from "./cache/isolate.ts";
import { formatSettings } from "./cache/picture-settings.ts";
import { type ColorPolicy, type ColorTables, colorTreatment, findColorTable } from "./colors.ts";
import { digest } from "./digest.ts";
import { type CanonicalRequest, canonicalise, formatCanonical } from "./iiif/canonical.ts";
import { mediaTypes } from "./iiif/format.ts";
import { rulesOfImage } from "./iiif/reduced-rules.ts";
import type { ImageRequest } from "./iiif/request.ts";
import type { SizeLimits, SizeRules } from "./iiif/size.ts";
import { tileOf } from "./iiif/tiles.ts";
import type { MasterImage } from "./masters/image.ts";
import type { Master } from "./masters/store.ts";
import { keepMetadata } from "./metadata/kept-metadata.ts";
import type { MetadataPolicy } from "./metadata/metadata.ts";
import { seenImage } from "./pyramid/pyramid.ts";
import { reducedSide } from "./pyramid/reduced.ts";
import type { KernelModules } from "./raster/kernel.ts";
import type { Weights } from "./raster/weights.ts";
import { type Damage, damagedImage } from "./render/damage.ts";
import type { Envelope } from "./render/envelope.ts";
import { Kernels } from "./render/kernels.ts";
import { formatMarks, hasMarks, type Marks } from "./render/marks.ts";
import type { Qualities } from "./render/output.ts";
import { putOnPage } from "./render/paged.ts";
import { planRender, type RenderPlan } from "./render/plan.ts";
import { type Rendered, render } from "./render/render.ts";
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
  readonly envelope: Envelope;
  readonly qualities: Qualities;
}

/** Returns a request with every number final for this master. Throws what canonicalising throws. */
export function canonicaliseFor(
  { pyramid }: Pick<MasterImage, "pyramid">,
  request: ImageRequest,
  rules: SizeRules,
): CanonicalRequest {
  return canonicalise(request, { ...seenImage(pyramid), tile: tileOf(pyramid) }, rulesOfImage(pyramid, rules));
}

/** Plans a picture: its rendering, and what goes around the pixels. Reads nothing. Throws what `planRender` throws. */
export function planPicture(master: DrawnMaster, canonical: CanonicalRequest, style: PictureStyle): Picture {
  const { marks } = style;
  const { isProfiled, embedded } = colorTreatment(master, canonical, style.colorProfile);
  const plan = planRender(canonical, master.pyramid, { sourceSize: master.source.size, isProfiled, marks });
  const scale = canonical.size.width / canonical.region.width;
  const envelope = { ...keepMetadata(master.metadata, metadataPolicy(style), scale), icc: embedded };
  return { master, canonical, plan, envelope, qualities: style.qualities };
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
}

/** Returns what the picture of a master is called: its entity tag, and where it is kept. */
export async function nameOfPicture(
  { name, version, pyramid }: Pick<Master, "name" | "version" | "pyramid">,
  canonical: CanonicalRequest,
  { style, limits, picturesPerMaster }: NamingRules,
): Promise<PictureName> {
  const { colorProfile, keepMetadata, marks } = style;
  const marked = marks !== undefined && hasMarks(marks) ? await digest(formatMarks(marks)) : undefined;
  const facts = {
    master: name,
    masterVersion: version,
    canonical: formatCanonical(canonical, seenImage(pyramid), limits),
    settings: formatSettings(
      { jpegQuality: style.qualities.jpeg, colorProfile, keepMetadata, marks: marked },
      { ...canonical.size, reducedTo: reducedSide(pyramid) },
    ),
    mediaType: mediaTypes[canonical.format],
  };
  return namePicture(facts, picturesPerMaster);
}

/** For whom a picture is drawn. */
export interface Drawing {
  readonly admission: Admission;
  readonly log: (line: object) => void;
}

/**
 * Draws a picture. A copied or drawn one is returned whole; a streamed one as pieces, which fail where drawing does.
 * Throws `source-malformed`, `source-unsupported`, `render-memory`, `render-busy`, `client-gone`, and what the source
 * throws.
 */
export async function drawPicture(
  { kernels, colorTables }: DrawingTools,
  { master, canonical, plan, envelope, qualities }: Picture,
  { admission, log }: Drawing,
): Promise<Rendered> {
  const { profile, source, pyramid } = master;
  const { model } = pyramid.levels[0].encoding;
  const isManaged = plan.kind !== "copy" && plan.colors.isManaged;
  const table = isManaged ? await findColorTable(colorTables, { model, profile, admission, log }) : undefined;
  const rendered = await render(kernels, plan, { inputs: { source, table, envelope, qualities }, admission });
  return canonical.format === "pdf" ? putOnPage(rendered, { plan, canonical, envelope }) : rendered;
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
