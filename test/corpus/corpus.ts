import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { turnArea, turnOfTiffOrientation, turnSize } from "../../src/raster/orientation.ts";

/** What becomes of a file in the service, by its tier. Source: MANIFEST.tsv of a corpus. */
export type Tier =
  /** Must be served right. */
  | "A"
  /** Right, or a clean refusal. */
  | "B"
  /** No agreed rendering: served or refused, but nothing breaks. */
  | "C"
  /** A hostile file: refused or served, at once. */
  | "H";

/** Part of a picture with its renderings by others, of which one must be met. */
export interface Reference {
  /** `full`, or a region in pixels of the image as seen. */
  readonly region: string;
  readonly size: string;
  /** Paths of PNG files, which show the picture as it is stored. */
  readonly files: readonly string[];
  /** How the files are to be turned, by tag 274. */
  readonly orientation: number;
}

/** One file of a corpus. */
export interface CorpusFile {
  readonly name: string;
  readonly path: string;
  readonly tier: Tier;
  /** The stored samples are lossy or their chroma is subsampled: decoders differ by a level or two. */
  readonly isLossy: boolean;
  readonly isColorManaged: boolean;
  readonly isCielab: boolean;
  /** More than 8 bits a sample: some renderers cut off what we round. */
  readonly isDeep: boolean;
  readonly isBilevel: boolean;
  readonly references: readonly Reference[];
}

interface IndexEntry {
  readonly file: string;
  readonly tier: Tier;
  readonly lossy_source?: boolean;
  readonly colour_managed?: boolean;
  readonly bilevel?: boolean;
  readonly full?: { readonly w: number; readonly h: number; readonly refs: readonly string[] };
  readonly crop?: { readonly box: readonly number[]; readonly refs: readonly string[] };
  readonly edge?: { readonly box: readonly number[]; readonly refs: readonly string[] };
  /** In pixels as stored. */
  readonly width: number;
  readonly height: number;
  readonly orientation: number;
}

const served = /\.(?:tiff?|svs|jpe?g|png|webp|btf)$/i;

/**
 * Lists the files of a corpus: `reference/index.json` gives tiers and renderings, MANIFEST.tsv the tiers of the rest.
 * What neither names is of tier C. Sources of other tiers (`S`) are left out. Throws what reading them throws.
 */
export function readCorpus(folder: string): readonly CorpusFile[] {
  const index = readIndex(folder);
  const facts = readManifest(folder);
  return filesUnder(folder).flatMap((path): CorpusFile[] => {
    const file = relative(folder, path);
    const entry = index.get(file);
    const tier = entry?.tier ?? facts.get(file)?.tier ?? "C";
    if (!["A", "B", "C", "H"].includes(tier)) return [];
    return [
      {
        name: file.replaceAll("/", "-"),
        path,
        tier: tier as Tier,
        isLossy: entry?.lossy_source === true || facts.get(file)?.photometric === "YCbCr",
        isColorManaged: entry?.colour_managed === true,
        isCielab: facts.get(file)?.photometric === "CIELab",
        isDeep: Number.parseInt(facts.get(file)?.bits ?? "8", 10) > 8,
        isBilevel: entry?.bilevel === true,
        references: entry === undefined ? [] : referencesOf(entry, folder),
      },
    ];
  });
}

function readIndex(folder: string): ReadonlyMap<string, IndexEntry> {
  const path = join(folder, "reference", "index.json");
  if (!existsSync(path)) return new Map();
  const entries = JSON.parse(readFileSync(path, "utf8")) as readonly IndexEntry[];
  return new Map(entries.map((entry) => [entry.file, entry]));
}

interface ManifestLine {
  readonly tier: string;
  readonly photometric: string;
  /** Such as `8x3`. */
  readonly bits: string;
}

function readManifest(folder: string): ReadonlyMap<string, ManifestLine> {
  const path = join(folder, "MANIFEST.tsv");
  if (!existsSync(path)) return new Map();
  const [head = "", ...lines] = readFileSync(path, "utf8").trimEnd().split("\n");
  const names = head.split("\t");
  const read = (line: string): [string, ManifestLine] => {
    const cells = line.split("\t");
    const cell = (name: string): string => cells[names.indexOf(name)] ?? "";
    return [cells[0] ?? "", { tier: cell("tier"), photometric: cell("photometric"), bits: cell("bits") }];
  };
  return new Map(lines.map(read));
}

/** Renderings are of the picture as it is stored; the service is asked for it as it is seen. */
function referencesOf({ full, crop, edge, ...image }: IndexEntry, folder: string): readonly Reference[] {
  const paths = (refs: readonly string[]) => refs.map((name) => join(folder, "reference", name));
  const { orientation } = image;
  const turn = turnOfTiffOrientation(orientation);
  const references: Reference[] = [];
  if (full !== undefined) {
    const { width, height } = turnSize({ width: full.w, height: full.h }, turn);
    references.push({ region: "full", size: `${width},${height}`, files: paths(full.refs), orientation });
  }
  for (const part of [crop, edge]) {
    if (part === undefined) continue;
    const [x = 0, y = 0, width = 0, height = 0] = part.box;
    const seen = turnArea({ x, y, width, height }, image, turn);
    const region = [seen.x, seen.y, seen.width, seen.height].join();
    references.push({ region, size: "max", files: paths(part.refs), orientation });
  }
  return references;
}

function filesUnder(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && served.test(entry.name))
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => !path.startsWith(join(folder, "reference")))
    .sort();
}
