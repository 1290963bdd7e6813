import { withDeadline } from "../budget/deadline.ts";
import { ImageError } from "../error.ts";
import { type Area, clipArea, isWhole, type Size } from "../geometry.ts";
import { baseUri } from "../http/base-uri.ts";
import { asImageError } from "../http/errors.ts";
import { respondPage } from "../http/respond.ts";
import { nowhere, rawPath } from "../http/route.ts";
import { formatIdentifier, type Identifier, parseIdentifier } from "../identity/identifier.ts";
import { nameMaster } from "../identity/master-name.ts";
import { largestSize } from "../iiif/size.ts";
import { withMaster } from "../masters/open.ts";
import { seenImage } from "../pyramid/pyramid.ts";
import type { Services } from "../services.ts";
import type { Visit } from "../visit.ts";

/** The root of the addresses of the page that show one picture. */
const viewRoot = "/view/";

/** Side of the square that a preview fits into, in pixels: what those who show previews ask for. */
const previewSide = 1200;

/** What those who follow a link without running scripts are told of a picture. */
interface Preview {
  readonly title: string;
  readonly description: string;
  /** The address of this view, and that of the picture however it is looked at. */
  readonly url: string;
  readonly canonicalUrl: string;
  readonly image: Size & { readonly url: string };
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
  const page = await fetchAsset(services, { request, path: "/" }, async (answer) => answer);
  if (page === undefined) throw nowhere("No page is deployed with this service.");
  try {
    const preview = await findPreview(services, { request, visit });
    return respondPage(withHead(page, formatPreview(preview), preview), 200);
  } catch (thrown) {
    const error = asImageError(thrown);
    if (error.status >= 500) visit.log({ level: "error", code: error.code, detail: error.detail });
    return respondPage(withHead(page, '<meta name="robots" content="noindex">'), error.status);
  }
}

/** Returns what `read` makes of a file of the page, undefined if there is none. Throws `storage-failed` if it is not done in time. */
async function fetchAsset<T>(
  { page, clock, config }: Services,
  { request, path }: { readonly request: Request; readonly path: string },
  read: (answer: Response) => Promise<T>,
): Promise<T | undefined> {
  if (page === undefined) return undefined;
  try {
    const url = new URL(path, request.url);
    return await withDeadline(clock, config.storageTimeoutSeconds, async (signal) => {
      const answer = await page.fetch(url, { signal });
      if (answer.ok) return read(answer);
      await answer.body?.cancel();
      return undefined;
    });
  } catch (cause) {
    throw new ImageError("storage-failed", "The page could not be read.", { cause });
  }
}

async function findPreview(
  services: Services,
  { request, visit }: { readonly request: Request; readonly visit: Visit },
): Promise<Preview> {
  const { config, masters, sizeRules } = services;
  const identifier = parseIdentifier(rawPath(request.url).slice(viewRoot.length));
  const asked = new URL(request.url).searchParams;
  const { size, texts } = await withMaster(
    masters,
    { name: nameMaster(identifier, config), visit },
    async (master) => ({
      size: seenImage(master.pyramid),
      texts: master.metadata,
    }),
  );
  const work = await findWork(services, request, identifier);
  const turn = /^!?(?:0|90|180|270)$/.exec(asked.get("rotation") ?? "")?.[0] ?? "0";
  const region = parseRegion(asked.get("xywh"), size);
  const { maxArea } = sizeRules[3].limits;
  const drawn = largestSize(region ?? size, { maxWidth: previewSide, maxHeight: previewSide, maxArea });
  const isLying = /90|270/.test(turn);
  const service = baseUri({ config, request, version: 3, identifier });
  const canonicalUrl = `${new URL(service).origin}${viewRoot}${formatIdentifier(identifier)}`;
  const regionText = region === undefined ? "full" : `${region.x},${region.y},${region.width},${region.height}`;
  const query = [...(region ? [`xywh=${regionText}`] : []), ...(turn === "0" ? [] : [`rotation=${turn}`])].join("&");
  return {
    title: work?.title ?? identifier,
    description:
      work?.description ??
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

/** What the page says of a picture, if it shows it. */
async function findWork(
  services: Services,
  request: Request,
  identifier: Identifier,
): Promise<{ readonly title: string; readonly description: string } | undefined> {
  const works = await fetchAsset(services, { request, path: "/works.json" }, (answer) => answer.json<unknown>());
  return Array.isArray(works) ? works.find((work) => work.identifier === identifier) : undefined;
}

function formatPreview({ title, description, url, canonicalUrl, image }: Preview): string {
  const properties = {
    "og:site_name": "Tessera",
    "og:type": "website",
    "og:title": title,
    "og:description": description,
    "og:url": url,
    "og:image": image.url,
    "og:image:type": "image/jpeg",
    "og:image:width": String(image.width),
    "og:image:height": String(image.height),
    "og:image:alt": description,
  };
  const tags = Object.entries(properties).map(
    ([name, value]) => `<meta property="${name}" content="${escapeHtml(value)}">`,
  );
  return [
    `<link rel="canonical" href="${escapeHtml(canonicalUrl)}">`,
    ...tags,
    '<meta name="twitter:card" content="summary_large_image">',
  ].join("\n");
}

/** Adds `tags` to the head of the page; what it says of itself there makes way for what is said of the picture. */
function withHead(page: Response, tags: string, preview?: Preview): Response {
  const rewriter = new HTMLRewriter().on("head", { element: (head) => void head.append(tags, { html: true }) });
  if (preview !== undefined) {
    const { title, description } = preview;
    rewriter
      .on("head > title", { element: (element) => void element.setInnerContent(`${title} – Tessera`) })
      .on('meta[name="description"]', { element: (element) => void element.setAttribute("content", description) });
  }
  return rewriter.transform(page);
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
