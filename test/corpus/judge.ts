import sharp from "sharp";
import type { CorpusFile, Reference, Tier } from "./corpus.ts";

/** What became of one file. */
export interface Verdict {
  readonly file: CorpusFile;
  readonly passed: boolean;
  /** What was asked for and what came of it, for one line. */
  readonly findings: readonly string[];
}

/** Refusals that say what is wrong and with whom: the client, a broken master, one that is not read. */
const cleanStatuses: Readonly<Record<Tier, readonly number[]>> = {
  A: [],
  B: [400, 404, 413, 501],
  C: [400, 404, 413, 500, 501],
  H: [400, 404, 413, 500, 501],
};

/** What the service says when it is at fault itself. */
const ownFault = /failed on this request|Internal error|could not be rendered/;

/** A service, and for how long it may take. */
export interface Judged {
  /** The URI of its images, up to the identifier. */
  readonly base: string;
  /** Longest answer to a hostile file, in milliseconds: of use where the service is asked nothing else. */
  readonly hostileMilliseconds: number;
}

/** Asks a service for what a file should look like. */
export async function judge(file: CorpusFile, judged: Judged): Promise<Verdict> {
  const findings: string[] = [];
  let passed = true;
  const asked: readonly Reference[] =
    file.references.length > 0 ? file.references : [{ region: "full", size: "^!256,256", files: [], orientation: 1 }];
  for (const reference of asked) {
    const finding = await judgeReference(file, reference, judged);
    findings.push(finding.text);
    passed &&= finding.passed;
  }
  return { file, passed, findings };
}

interface Finding {
  readonly passed: boolean;
  readonly text: string;
}

async function judgeReference(
  file: CorpusFile,
  reference: Reference,
  { base, hostileMilliseconds }: Judged,
): Promise<Finding> {
  const started = performance.now();
  const path = `${reference.region}/${reference.size}/0/default.png`;
  const response = await fetch(`${base}/${encodeURIComponent(file.name)}/${path}`);
  const bytes = Buffer.from(await response.arrayBuffer());
  const milliseconds = performance.now() - started;
  if (file.tier === "H" && milliseconds > hostileMilliseconds) {
    return { passed: false, text: `${response.status} after ${Math.round(milliseconds)} ms` };
  }
  if (response.status !== 200) {
    const message = bytes.toString().trim();
    const isClean = cleanStatuses[file.tier].includes(response.status) && !ownFault.test(message);
    return { passed: isClean, text: `${response.status} ${message.slice(0, 100)}` };
  }
  return compare(file, reference, bytes);
}

/** The nearest of the references decides: colours without a profile have several renderings. */
async function compare(file: CorpusFile, reference: Reference, bytes: Buffer): Promise<Finding> {
  // Of alpha that another renderer misread, at least the colours must agree.
  const both = [await pixelsOf(bytes, "on white"), await pixelsOf(bytes, "without alpha")] as const;
  const [ours] = both;
  if (reference.files.length === 0) return { passed: true, text: `200 ${ours.width}x${ours.height}` };
  const differences: Difference[] = [];
  let hidden = 0;
  for (const file of reference.files) {
    const path = await turned(file, reference.orientation);
    // A renderer that lost all of the picture to its alpha is no witness.
    if (await isInvisible(path)) {
      hidden += 1;
      continue;
    }
    const theirs = [await pixelsOf(path, "on white"), await pixelsOf(path, "without alpha")] as const;
    if (theirs[0].width !== ours.width || theirs[0].height !== ours.height) continue;
    differences.push(differenceOf(both[0], theirs[0]), differenceOf(both[1], theirs[1]));
  }
  const [nearest] = differences.sort((a, b) => a.mean - b.mean);
  if (nearest === undefined && hidden === reference.files.length) return { passed: true, text: "200, no witness" };
  if (nearest === undefined) return { passed: false, text: `${ours.width}x${ours.height}, another size` };
  const { mean, most } = nearest;
  const isScaled = reference.region === "full";
  const passed =
    mean <= toleranceOf(file, isScaled) &&
    (isScaled || file.isLossy || file.isColorManaged || most <= (file.isDeep ? 2 : 1));
  return { passed, text: `${mean.toFixed(2)}/${most}` };
}

/**
 * Mean difference in levels of 255. Whole pictures are reduced by filters that are not ours, from levels that are not
 * ours, and halftones of them show moire that depends on the filter; crops are of the image itself. CIELAB has no
 * agreed way into sRGB.
 */
function toleranceOf({ isLossy, isColorManaged, isCielab, isBilevel }: CorpusFile, isScaled: boolean): number {
  if (isScaled) return isBilevel ? 16 : 4.5;
  if (isColorManaged) return isCielab ? 3 : 1.5;
  return isLossy ? 1.25 : 0.5;
}

interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly samples: Uint8Array;
}

/** Whether alpha leaves next to nothing of a picture. */
async function isInvisible(image: Buffer): Promise<boolean> {
  const { channels } = await sharp(image).stats();
  const alpha = channels.length === 2 || channels.length === 4 ? channels.at(-1) : undefined;
  return alpha !== undefined && alpha.max <= 2;
}

async function turned(path: string, orientation: number): Promise<Buffer> {
  return sharp(await sharp(path).withMetadata({ orientation }).toBuffer())
    .autoOrient()
    .toBuffer();
}

async function pixelsOf(image: Buffer | string, view: "on white" | "without alpha"): Promise<Pixels> {
  const picture = view === "on white" ? sharp(image).flatten({ background: "#fff" }) : sharp(image);
  const { data, info } = await picture.toColourspace("srgb").removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, samples: data };
}

interface Difference {
  readonly mean: number;
  readonly most: number;
}

function differenceOf(a: Pixels, b: Pixels): Difference {
  let sum = 0;
  let most = 0;
  for (let index = 0; index < a.samples.length; index++) {
    const difference = Math.abs((a.samples[index] ?? 0) - (b.samples[index] ?? 0));
    sum += difference;
    if (difference > most) most = difference;
  }
  return { mean: sum / a.samples.length, most };
}
