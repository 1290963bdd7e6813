import { unsigned } from "../access/asked-image.ts";
import type { Keeping } from "../access/grant.ts";
import { withDeadline } from "../budget/deadline.ts";
import { isObjectPublic } from "../catalogue/object-access.ts";
import { showWork } from "../catalogue/shown-work.ts";
import type { Work } from "../catalogue/work.ts";
import { ImageError } from "../error.ts";
import { type Area, clipArea, isWhole, type Size } from "../geometry.ts";
import { baseUri } from "../http/base-uri.ts";
import { asImageError } from "../http/errors.ts";
import { respondPage } from "../http/respond.ts";
import { nowhere, rawPath, searchOf } from "../http/route.ts";
import { formatIdentifier, type Identifier, parseIdentifier } from "../identity/identifier.ts";
import { largestSize } from "../iiif/size.ts";
import { pageName } from "../pages/object-view.ts";
import { formatPlainPicture, formatPreview, type Preview } from "../pages/preview.tsx";
import { objectPath } from "../pages/site.ts";
import { plainLabel, plainText } from "../pages/texts.tsx";
import { statedInRecord } from "../policies.ts";
import { seenImage } from "../pyramid/pyramid.ts";
import { withWork } from "../records.ts";
import type { Services } from "../services.ts";
import type { Visit } from "../visit.ts";
import { withGranted } from "./granted.ts";
import { orMoved } from "./moved.ts";
import { AccessRefused } from "./refused.ts";
import { groundOf } from "./shown.ts";

/** The root of the addresses of the page that show one picture. */
const viewRoot = "/view/";

/** The file of the page that shows them. */
const pageFile = "/view";

/** Side of the square that a preview fits into, in pixels: what those who show previews ask for. */
const previewSide = 1200;

/** A picture as previews show it, and the page of its object. */
interface ViewPreview extends Preview {
  readonly image: NonNullable<Preview["image"]>;
  readonly objectPath: string | undefined;
  readonly keeping: Keeping;
}

/**
 * Answers the address of a picture in the page, `/view/{identifier}?xywh=…&rotation=…`, with the page and, in its head,
 * what a preview of the view is made of: crawlers run no script. A picture that can't be opened is answered with the page
 * too, which then says why, under the status of the error. Throws `not-found` where no page is deployed.
 * Source: the Open Graph protocol; Media Fragments URI 1.0, xywh; Image API 3.0 §4.3.
 */
export async function answerView(
  services: Services,
  { request, visit }: { readonly request: Request; readonly visit: Visit },
): Promise<Response> {
  const page = await fetchPage(services, request);
  if (page === undefined) throw nowhere("No page is deployed with this service.");
  const show = async (identifier: Identifier): Promise<Response> => {
    const preview = await findPreview(services, { request, identifier, visit });
    return respondPage(withHead(page, formatPreview(preview, preview.objectPath), preview), {
      status: 200,
      keeping: preview.keeping,
    });
  };
  const pathOf = (spelling: string): string => `${viewRoot}${spelling}${searchOf(request.url)}`;
  try {
    const identifier = parseIdentifier(rawPath(request.url).slice(viewRoot.length));
    const answer = await orMoved(services, { identifier, visit, pathOf }, () => show(identifier));
    // A body that nobody reads would keep its connection.
    if (answer.status === 301) await page.body?.cancel();
    return answer;
  } catch (thrown) {
    const error = asImageError(thrown);
    if (error.status >= 500) visit.log({ level: "error", code: error.code, detail: error.detail });
    const keeping: Keeping = { kind: thrown instanceof AccessRefused ? "nobody" : "anybody" };
    return respondPage(withHead(page, '<meta name="robots" content="noindex">'), { status: error.status, keeping });
  }
}

/** Returns the page that shows pictures, undefined if there is none. Throws `storage-failed` if it does not come in time. */
async function fetchPage({ page, clock, config }: Services, request: Request): Promise<Response | undefined> {
  if (page === undefined) return undefined;
  try {
    return await withDeadline(clock, config.storageTimeoutSeconds, async (signal) => {
      const answer = await page.fetch(new URL(pageFile, request.url), { signal });
      if (answer.ok) return answer;
      await answer.body?.cancel();
      return undefined;
    });
  } catch (cause) {
    throw new ImageError("storage-failed", "The page could not be read.", { cause });
  }
}

async function findPreview(
  services: Services,
  viewed: { readonly request: Request; readonly identifier: Identifier; readonly visit: Visit },
): Promise<ViewPreview> {
  const { config, publicRules } = services;
  const { request, visit } = viewed;
  const asked = new URL(request.url).searchParams;
  const { size, texts, image, object, keeping } = await withGranted(
    services,
    { ...viewed, instead: "reduced" },
    async (master, { image, stated, keeping }) => ({
      size: seenImage(master.pyramid),
      texts: master.metadata,
      image,
      object: stated.facts?.object,
      keeping,
    }),
  );
  const told = await findTold(services, { identifier: image.identifier, object, visit });
  const identifier = unsigned(image);
  const turn = /^!?(?:0|90|180|270)$/.exec(asked.get("rotation") ?? "")?.[0] ?? "0";
  const region = parseRegion(asked.get("xywh"), size);
  const { maxArea } = publicRules[3].limits;
  const drawn = largestSize(region ?? size, { maxWidth: previewSide, maxHeight: previewSide, maxArea });
  const isLying = /90|270/.test(turn);
  const service = baseUri({ config, request, version: 3, identifier });
  const canonicalUrl = `${new URL(service).origin}${viewRoot}${formatIdentifier(identifier)}`;
  const regionText = region === undefined ? "full" : `${region.x},${region.y},${region.width},${region.height}`;
  const query = [...(region ? [`xywh=${regionText}`] : []), ...(turn === "0" ? [] : [`rotation=${turn}`])].join("&");
  return {
    keeping,
    siteName: config.siteName,
    objectPath: told?.objectPath,
    title: told?.title ?? identifier,
    description:
      told?.description ??
      [texts.artist, texts.credit ?? texts.copyright, `${size.width} × ${size.height} pixels`]
        .filter((text) => text !== undefined)
        .join(". "),
    url: query === "" ? canonicalUrl : `${canonicalUrl}?${query}`,
    canonicalUrl,
    image: {
      url: `${service}/${regionText}/${drawn.width},${drawn.height}/${turn}/default.jpg`,
      width: isLying ? drawn.height : drawn.width,
      height: isLying ? drawn.width : drawn.height,
    },
  };
}

/** The region that is asked for, if it is a part of the picture. */
function parseRegion(text: string | null, size: Size): Area | undefined {
  const [, x, y, width, height] = (/^(\d{1,9}),(\d{1,9}),(\d{1,9}),(\d{1,9})$/.exec(text ?? "") ?? []).map(Number);
  if (x === undefined || y === undefined || width === undefined || height === undefined) return undefined;
  const region = clipArea({ x, y, width, height }, size);
  return region === undefined || isWhole(region, size) ? undefined : region;
}

/** What the catalogue says of a picture. */
interface Told {
  readonly title: string;
  readonly description: string | undefined;
  /** The path of the page of its object. */
  readonly objectPath: string;
}

interface Pictured {
  readonly identifier: string;
  /** The object whose record its own names. */
  readonly object: string | undefined;
  readonly visit: Visit;
}

/**
 * Returns what the catalogue says of a picture to anybody, whoever asks; undefined if it says nothing, or can't be read: it is
 * shown without it.
 */
async function findTold(services: Services, { identifier, object: key, visit }: Pictured): Promise<Told | undefined> {
  if (key === undefined) return undefined;
  try {
    const ground = await groundOf(services, visit);
    return await withWork(services.records, { key, visit }, async (stored) => {
      if (!isObjectPublic(statedInRecord(services.policies, key, stored), ground)) return undefined;
      const work = stored.read();
      const showing = work.pages.filter(({ images }) => images.some((image) => image.identifier === identifier));
      const shown = showWork(work, ground);
      return shown && tellOf(shown, new Set(showing.map((page) => page.key)));
    });
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    visit.log({ level: "warn", message: "the object of a picture can't be read", key, reason: error.code });
    return undefined;
  }
}

/** Undefined where none of the pages that show it is there for anybody. */
function tellOf({ key, label, summary, pages }: Work, showing: ReadonlySet<string>): Told | undefined {
  const index = pages.findIndex((page) => showing.has(page.key));
  const page = pages[index];
  if (page === undefined && showing.size > 0) return undefined;
  const name = plainLabel(label, key);
  const [text] = Object.values(summary ?? {})[0] ?? [];
  const isAlone = page === undefined || pages.length === 1;
  return {
    title: isAlone ? name : `${name}, ${pageName(page, index)}`,
    description: text === undefined ? undefined : plainText(text),
    objectPath: objectPath(key, isAlone ? {} : { page: page.key }),
  };
}

/** Adds `tags` to the head of the page; what it says of itself there makes way for what is said of the picture. */
function withHead(page: Response, tags: string, preview?: ViewPreview): Response {
  const rewriter = new HTMLRewriter().on("head", { element: (head) => void head.append(tags, { html: true }) });
  if (preview !== undefined) {
    const { title, description, siteName, image } = preview;
    rewriter
      .on("head > title", { element: (element) => void element.setInnerContent(`${title} – ${siteName}`) })
      .on('meta[name="description"]', { element: (element) => void element.setAttribute("content", description) })
      .on("noscript", { element: (element) => void element.append(formatPlainPicture(title, image), { html: true }) });
  }
  return rewriter.transform(page);
}
