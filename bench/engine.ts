import { soleAdmission } from "../src/budget/admission.ts";
import { parseRequest } from "../src/iiif/request.ts";
import { openDrawingTools } from "../src/node/compiled-modules.ts";
import {
  canonicaliseFor,
  type DrawingTools,
  type DrawnMaster,
  drawPicture,
  type Picture,
  type PictureStyle,
  planPicture,
} from "../src/picture.ts";
import type { Pyramid } from "../src/pyramid/pyramid.ts";
import type { ByteSource } from "../src/source/byte-source.ts";
import { openPyramid } from "../src/tiff/open.ts";
import { fileSource } from "./file-source.ts";

/** The quality that all sides of a comparison encode JPEG with. */
export const jpegQuality = 85;

/** Of WebP, on its own scale. */
export const webpQuality = 80;

const style: PictureStyle = {
  qualities: { jpeg: jpegQuality, webp: webpQuality },
  colorProfile: "convert",
  keepMetadata: "none",
};
const limits = { maxWidth: 1_000_000, maxHeight: 1_000_000, maxArea: 1e12 };

/** Opens what the Worker draws with, outside of workerd. */
export function openTools(): DrawingTools {
  return openDrawingTools();
}

/** A master that is drawn: a file, and its pyramid. */
export interface BenchMaster {
  readonly source: ByteSource;
  readonly pyramid: Pyramid;
}

/** Opens a file as a master. Throws what opening throws. */
export async function openBenchMaster(path: string): Promise<BenchMaster> {
  const source = fileSource(path);
  return { source, pyramid: await openPyramid(source) };
}

/** Plans the request `path`: region, size, rotation, quality and format. Throws what parsing and planning throw. */
export function planPath(path: string, pyramid: Pyramid, source: ByteSource): Picture {
  const [region = "", size = "", rotation = "", qualityAndFormat = ""] = path.split("/");
  const request = parseRequest({ region, size, rotation, qualityAndFormat }, 3);
  const master: DrawnMaster = { pyramid, source, profile: undefined, metadata: {} };
  return planPicture(master, canonicaliseFor(master, request, { limits, isStrictConfined: false }), style);
}

/** What one drawing gave. */
export interface Drawn {
  readonly bytes: readonly Uint8Array[];
  /** From the call to the first bytes, in milliseconds. */
  readonly firstByteMilliseconds: number;
}

/** Draws a picture and takes all of it. Throws what drawing throws. */
export async function drawPlanned(tools: DrawingTools, picture: Picture): Promise<Drawn> {
  const start = performance.now();
  const { body } = await drawPicture(tools, picture, { admission: soleAdmission(), log: () => undefined });
  if (body instanceof Uint8Array) return { bytes: [body], firstByteMilliseconds: performance.now() - start };
  const bytes: Uint8Array[] = [];
  let firstByteMilliseconds = 0;
  for await (const piece of body) {
    firstByteMilliseconds ||= performance.now() - start;
    bytes.push(piece);
  }
  return { bytes, firstByteMilliseconds };
}
