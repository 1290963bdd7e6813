import type { Fields } from "../tiff/fields.ts";
import { compressionNames, photometricNames, tags } from "../tiff/tags.ts";
import { unlessFault } from "./faults.ts";
import type { StatedPicture } from "./report.ts";

/** Reads what a directory states about its picture, leaving out what is broken. Throws what the source throws. */
export async function readStated(fields: Fields): Promise<StatedPicture> {
  const number = (tag: number): Promise<number | undefined> => unlessFault(() => fields.number(tag));
  const compression = await number(tags.compression);
  const photometric = await number(tags.photometricInterpretation);
  return {
    width: await number(tags.imageWidth),
    height: await number(tags.imageLength),
    compression,
    compressionName: compression === undefined ? undefined : compressionNames.get(compression),
    photometric,
    photometricName: photometric === undefined ? undefined : photometricNames.get(photometric),
    ...(await readDepths(fields)),
    samplesPerPixel: await number(tags.samplesPerPixel),
    sampleFormat: await number(tags.sampleFormat),
    planarConfiguration: await number(tags.planarConfiguration),
    tileWidth: await number(tags.tileWidth),
  };
}

/** More are not looked at. */
const maxDepths = 64;

async function readDepths(fields: Fields): Promise<Pick<StatedPicture, "bits" | "hasSeveralDepths">> {
  const [bits, ...others] = (await unlessFault(() => fields.numbers(tags.bitsPerSample, maxDepths))) ?? [];
  return others.some((other) => other !== bits) ? { hasSeveralDepths: true } : { bits };
}
