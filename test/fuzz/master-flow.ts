import { IsolateCache } from "../../src/cache/isolate.ts";
import type { ColorTable } from "../../src/color/table.ts";
import { parseRequest } from "../../src/iiif/request.ts";
import { offerTiles } from "../../src/iiif/tiles.ts";
import { maxOpeningBytes, maxOpeningReads } from "../../src/limits.ts";
import { type MasterImage, openImage, prefixBytes } from "../../src/masters/image.ts";
import { formatKeptMaster, keptBytes, parseKeptMaster } from "../../src/masters/kept-index.ts";
import { canonicaliseFor, drawAlone, type PictureStyle, planPicture } from "../../src/picture.ts";
import { seenSize } from "../../src/pyramid/pyramid.ts";
import { areTilesInside } from "../../src/pyramid/tile-index.ts";
import type { ByteSource } from "../../src/source/byte-source.ts";
import { countReads, type ReadCounts } from "../../src/source/counting.ts";
import { memorySource } from "../../src/source/memory.ts";
import { kernelModules } from "../support/kernel.ts";
import { lcmsModule } from "../support/lcms.ts";
import { GuardedKernels } from "./guarded-kernel.ts";
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

/** More than any record of a master should take. */
const maxKeptBytes = 48 << 20;

const kernels = new GuardedKernels(kernelModules);
const colorTables = { kept: new IsolateCache<ColorTable>(1 << 20), module: lcmsModule };

/** Of low quality: it is the decoding that is tried. */
const style: PictureStyle = { qualities: { jpeg: 50, webp: 50 }, colorProfile: "convert", keepMetadata: "all" };

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
    image = await openImage({ source, prefix, page, policy: "all" });
  } finally {
    holdBound("reads to open it", counts.reads, maxOpeningReads);
    holdBound("bytes read to open it", counts.bytes, maxOpeningBytes);
  }
  checkRecord(image, bytes.byteLength);
  checkInformation(image);
  const refusals: unknown[] = [];
  for (const request of requests) {
    // One request of those may be refused for what another one does not ask for.
    await draw(source, { image, request, counts }).catch((error: unknown) => {
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
  const record = formatKeptMaster(kept);
  const isInside = image.pyramid.levels.every((level) => areTilesInside(level, size));
  if ((record !== undefined) !== isInside) throw new Violation("it is kept, or not, for no reason");
  if (record === undefined) return;
  const parsed = parseKeptMaster(record);
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

async function draw(source: ByteSource, { image, request, counts }: Drawing): Promise<void> {
  const master = { ...image, source };
  const canonical = canonicaliseFor(master, parseRequest(parametersOf(image, request), 3), {
    limits: { maxWidth: 4096, maxHeight: 4096, maxArea: 4096 * 4096 },
    isStrictConfined: false,
  });
  const picture = planPicture(master, canonical, style);
  const { plan } = picture;
  const before = { ...counts };
  try {
    for await (const _ of drawAlone({ kernels, colorTables }, picture, { onDamage: () => undefined }));
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
