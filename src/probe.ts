import { ImageError } from "./error.ts";
import { parseRequest } from "./iiif/request.ts";
import { openImage } from "./masters/image.ts";
import { canonicaliseFor, drawPicture, planPicture } from "./picture.ts";
import type { Services } from "./services.ts";
import { memorySource } from "./source/memory.ts";
import type { Visit } from "./visit.ts";

/** Width and height of the probe in pixels: its master is one tile. */
const side = 16;

/** Entries of the probe's directory: tag, type (3 for 16 bits, 4 for 32), value. Source: TIFF 6.0 §2, §15. */
const directoryBytes = 2 + 10 * 12 + 4;
const entries = [
  [256, 3, side],
  [257, 3, side],
  [258, 3, 8],
  [259, 3, 1],
  [262, 3, 1],
  [277, 3, 1],
  [322, 3, side],
  [323, 3, side],
  [324, 4, 8 + directoryBytes],
  [325, 4, side * side],
] as const;

/** Returns a TIFF with one uncompressed tile that gets lighter from left to right. */
function probeMaster(): Uint8Array {
  const view = new DataView(new ArrayBuffer(8 + directoryBytes + side * side));
  view.setUint32(0, 0x49492a00);
  view.setUint32(4, 8, true);
  view.setUint16(8, entries.length, true);
  entries.forEach(([tag, type, value], index) => {
    const at = 10 + index * 12;
    view.setUint16(at, tag, true);
    view.setUint16(at + 2, type, true);
    view.setUint32(at + 4, 1, true);
    view.setUint32(at + 8, value, true);
  });
  for (let index = 0; index < side * side; index++) view.setUint8(8 + directoryBytes + index, (index % side) * side);
  return new Uint8Array(view.buffer);
}

/**
 * Draws a picture of 8 by 8 pixels the way every small picture is drawn: opened, planned, admitted to the memory of the
 * isolate, resampled and encoded. Throws what that throws, `internal` if what comes out is not a JPEG.
 */
export async function drawProbe(
  { pictures, style, budget, clock, sizeRules }: Services,
  { patience, isAlone, log }: Visit,
): Promise<void> {
  const source = memorySource(probeMaster());
  const image = await openImage({ source, prefix: await source.read(0, source.size) });
  const master = { ...image, source };
  const request = parseRequest({ region: "full", size: "8,8", rotation: "0", qualityAndFormat: "default.jpg" }, 3);
  const picture = planPicture(master, canonicaliseFor(master, request, sizeRules[3]), style);
  const { body, lease } = await drawPicture(pictures.tools, picture, {
    admission: { budget, clock, patience, isAlone },
    log,
  });
  lease?.release();
  const isJpeg = body instanceof Uint8Array && body[0] === 0xff && body[1] === 0xd8 && body.at(-1) === 0xd9;
  if (!isJpeg) throw new ImageError("internal", "The probe is not a JPEG.");
}
