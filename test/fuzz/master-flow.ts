import { soleAdmission } from "../../src/budget/admission.ts";
import { IsolateCache } from "../../src/cache/isolate.ts";
import { type ColorTables, colorTreatment, findColorTable } from "../../src/colors.ts";
import { canonicalise } from "../../src/iiif/canonical.ts";
import { parseRequest } from "../../src/iiif/request.ts";
import { offerTiles } from "../../src/iiif/tiles.ts";
import { maxOpeningBytes, maxOpeningReads } from "../../src/limits.ts";
import { type MasterImage, openImage } from "../../src/masters/image.ts";
import { formatMasterRecord, keptBytes, parseMasterRecord } from "../../src/masters/kept-index.ts";
import { keepMetadata } from "../../src/metadata/kept-metadata.ts";
import { isGray, seenSize } from "../../src/pyramid/pyramid.ts";
import { areTilesInside } from "../../src/pyramid/tile-index.ts";
import { planRender } from "../../src/render/plan.ts";
import { type Renderer, render } from "../../src/render/render.ts";
import type { ByteSource } from "../../src/source/byte-source.ts";
import { countReads, type ReadCounts } from "../../src/source/counting.ts";
import { memorySource } from "../../src/source/memory.ts";
import { kernelModule } from "../support/kernel.ts";
import { lcmsModule } from "../support/lcms.ts";
import { GuardedKernels } from "./guarded-kernel.ts";
import { encoderSettings } from "./modules.ts";
import { holdBound, Violation } from "./target.ts";

/** What is asked of a master. */
export interface MasterForm {
  /** Which image of the file. */
  readonly page: number;
  readonly requests: readonly MasterRequest[];
}

/** One picture: what of the master, and how, such as `90/gray.png`. */
export interface MasterRequest {
  readonly view: "thumbnail" | "tile" | "edge" | "middle" | "streamed";
  readonly rotationAndFormat: string;
}

/** The first read of the service. */
const prefixBytes = 32_768;

/** More than any record of a master should take. */
const maxKeptBytes = 48 << 20;

const kernels = new GuardedKernels(kernelModule);
const renderer: Renderer = { kernels, settings: encoderSettings };
const admission = soleAdmission();
const tables: ColorTables = { kept: new IsolateCache(1 << 20), module: lcmsModule, warn: () => undefined, admission };

/**
 * Opens a master as the service does, and draws what is asked for. Rejects with the first refusal, or with a Violation
 * where reads, bytes or memory pass what limits and plans say.
 */
export async function serveMaster(bytes: Uint8Array, { page, requests }: MasterForm): Promise<void> {
  const counts: ReadCounts = { reads: 0, bytes: 0 };
  const source = countReads(checkedSource(bytes), counts);
  const prefix = bytes.subarray(0, prefixBytes);
  let image: MasterImage;
  try {
    image = await openImage({ source, prefix, page, keepsBlocks: true, warn: () => undefined });
  } finally {
    holdBound("reads to open it", counts.reads, maxOpeningReads);
    holdBound("bytes read to open it", counts.bytes, maxOpeningBytes);
  }
  checkRecord(image, bytes.byteLength);
  checkInformation(image);
  const refusals: unknown[] = [];
  for (const request of requests) {
    // One request of those may be refused for what another one does not ask for.
    await drawPicture(source, { image, request, counts }).catch((error: unknown) => {
      if (error instanceof Violation || !(error instanceof Error) || error.name !== "ImageError") throw error;
      if ("code" in error && error.code === "internal") throw error;
      refusals.push(error);
    });
  }
  if (refusals.length > 0) throw refusals[0];
}

/** What is kept of a master is read back as it was; one with tiles outside its file is not kept. */
function checkRecord(image: MasterImage, size: number): void {
  const kept = { version: "fuzz", size, checkedAt: 0, image };
  holdBound("bytes kept of it", keptBytes(kept), maxKeptBytes);
  const record = formatMasterRecord(kept);
  const isInside = image.pyramid.levels.every((level) => areTilesInside(level, size));
  if ((record !== undefined) !== isInside) throw new Violation("it is kept, or not, for no reason");
  if (record === undefined) return;
  const parsed = parseMasterRecord(record);
  if (parsed === undefined) throw new Violation("what is kept of it can't be read back");
  if (parsed.image.pyramid.levels.length !== image.pyramid.levels.length) throw new Violation("a level was not kept");
}

/** What info.json says of it are whole numbers that a viewer can ask for. */
function checkInformation({ pyramid: { levels } }: MasterImage): void {
  const [{ tileWidth: width, tileLength: height }] = levels;
  const limits = { maxWidth: 4096, maxHeight: 4096, maxArea: 4096 * 4096 };
  const { sizes, tiles } = offerTiles({ levels, tile: { width, height }, limits, maxReduction: 32 });
  const numbers = [...sizes, ...tiles].flatMap((size) => [size.width, size.height]);
  const factors = tiles.flatMap(({ scaleFactors }) => scaleFactors);
  if (![...numbers, ...factors].every((number) => Number.isSafeInteger(number) && number > 0)) {
    throw new Violation(`sizes or tiles that are none: ${[...numbers, ...factors]}`);
  }
}

/** A source that holds its caller to what storage allows. */
function checkedSource(bytes: Uint8Array): ByteSource {
  const source = memorySource(bytes);
  return {
    ...source,
    async read(offset, length) {
      const isRange = Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0;
      if (!isRange) throw new Violation(`a read of ${length} bytes at ${offset}`);
      return source.read(offset, length);
    },
  };
}

interface Drawing {
  readonly image: MasterImage;
  readonly request: MasterRequest;
  readonly counts: ReadCounts;
}

async function drawPicture(source: ByteSource, { image, request, counts }: Drawing): Promise<void> {
  const { pyramid, metadata, profile } = image;
  const seen = { ...seenSize(pyramid), isGray: isGray(pyramid) };
  const canonical = canonicalise(parseRequest(parametersOf(image, request), 3), seen, {
    limits: { maxWidth: 4096, maxHeight: 4096, maxArea: 4096 * 4096 },
    isStrictConfined: false,
  });
  const treatment = colorTreatment(image, canonical, "convert");
  const { isProfiled } = treatment;
  const plan = planRender(canonical, pyramid, { sourceSize: source.size, isProfiled });
  const isManaged = plan.kind !== "copy" && plan.colors.isManaged;
  const table = isManaged ? await findColorTable(tables, pyramid.levels[0].encoding.model, profile) : undefined;
  const before = { ...counts };
  const envelope = keepMetadata(metadata, "all");
  try {
    const { body } = await render(renderer, plan, { inputs: { source, table, envelope }, admission });
    if (!(body instanceof Uint8Array)) for await (const _ of body);
  } finally {
    kernels.checkGiven();
  }
  holdBound("reads to draw it", counts.reads - before.reads, plan.cost.reads);
  holdBound("bytes read to draw it", counts.bytes - before.bytes, plan.cost.readBytes);
}

/** Tiles of a master may be strips that are very long: no more is asked for than a viewer would. */
const longestSide = 512;

function parametersOf({ pyramid }: MasterImage, { view, rotationAndFormat }: MasterRequest) {
  const { width, height } = seenSize(pyramid);
  const [{ tileWidth, tileLength }] = pyramid.levels;
  const [across, down] = [Math.min(tileWidth, longestSide), Math.min(tileLength, longestSide)];
  const [rotation = "0", qualityAndFormat = "default.jpg"] = rotationAndFormat.split("/");
  const places = {
    thumbnail: { region: "full", size: "!90,90" },
    tile: { region: `0,0,${across},${down}`, size: "max" },
    edge: { region: `${Math.max(0, width - 40)},${Math.max(0, height - 40)},${across},${down}`, size: "max" },
    // Too large to be held: tiles are turned as they are decoded.
    streamed: { region: "full", size: "^2010,2000" },
    middle: { region: `${width >> 1},${height >> 1},77,77`, size: "^111,95" },
  };
  return { ...places[view], rotation, qualityAndFormat };
}
