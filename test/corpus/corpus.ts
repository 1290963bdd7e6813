import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

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
  /** Paths of PNG files. */
  readonly files: readonly string[];
}

/** One file of a corpus. */
export interface CorpusFile {
  readonly name: string;
  readonly path: string;
  readonly tier: Tier;
  /** The stored samples are lossy: decoders differ by a level or two. */
  readonly isLossy: boolean;
  readonly isColorManaged: boolean;
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
}

const served = /\.(?:tiff?|svs|jpe?g|png|webp|btf)$/i;

/**
 * Lists the files of a corpus: `reference/index.json` gives tiers and renderings, MANIFEST.tsv the tiers of the rest.
 * What neither names is of tier C. Sources of other tiers (`S`) are left out. Throws what reading them throws.
 */
export function readCorpus(folder: string): readonly CorpusFile[] {
  const index = readIndex(folder);
  const tiers = readTiers(folder);
  return filesUnder(folder).flatMap((path): CorpusFile[] => {
    const file = relative(folder, path);
    const entry = index.get(file);
    const tier = entry?.tier ?? tiers.get(file) ?? "C";
    if (!["A", "B", "C", "H"].includes(tier)) return [];
    return [
      {
        name: file.replaceAll("/", "-"),
        path,
        tier: tier as Tier,
        isLossy: entry?.lossy_source === true,
        isColorManaged: entry?.colour_managed === true,
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

function readTiers(folder: string): ReadonlyMap<string, string> {
  const path = join(folder, "MANIFEST.tsv");
  if (!existsSync(path)) return new Map();
  const [head = "", ...lines] = readFileSync(path, "utf8").trimEnd().split("\n");
  const column = head.split("\t").indexOf("tier");
  return new Map(lines.map((line) => line.split("\t")).map((cells) => [cells[0] ?? "", cells[column] ?? ""]));
}

function referencesOf({ full, crop, edge }: IndexEntry, folder: string): readonly Reference[] {
  const paths = (refs: readonly string[]) => refs.map((name) => join(folder, "reference", name));
  return [
    ...(full === undefined ? [] : [{ region: "full", size: `${full.w},${full.h}`, files: paths(full.refs) }]),
    ...[crop, edge].flatMap((part) =>
      part === undefined ? [] : [{ region: part.box.join(), size: "max", files: paths(part.refs) }],
    ),
  ];
}

function filesUnder(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && served.test(entry.name))
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => !path.startsWith(join(folder, "reference")))
    .sort();
}
