import { resolve } from "node:path";

/** Folder of everything the benchmarks make; ignored by git. */
export const benchFolder: string = resolve(import.meta.dirname, "../build/bench");

/** Folder of the masters that are measured. */
export const sourcesFolder: string = `${benchFolder}/sources`;

/** How the tiles of a master are stored: what `vips tiffsave` writes at a quality of 89, and at 90 and above. */
export type Sampling = "ycbcr-420" | "rgb-444";

/** A pyramidal TIFF of JPEG tiles that the benchmarks read. */
export interface Source {
  readonly name: string;
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  readonly sampling: Sampling;
}

/** Side of the tiles of all sources, in pixels. */
export const tileSide = 256;

/** Sizes in pixels, none a whole number of tiles, so that every source has edge tiles. */
const sizes = [
  { megapixels: 8, width: 3300, height: 2475 },
  { megapixels: 40, width: 7300, height: 5475 },
  { megapixels: 123, width: 12_900, height: 9540 },
] as const;

/** The masters measured: below 10, 10 to 75 and above 75 megapixels in both samplings, and one of 500 megapixels. */
export const sources: readonly Source[] = [
  ...sizes.flatMap(({ megapixels, width, height }) =>
    (["ycbcr-420", "rgb-444"] as const).map((sampling) => ({
      name: `${megapixels}mp-${sampling}`,
      width,
      height,
      sampling,
    })),
  ),
  { name: "500mp-ycbcr-420", width: 25_900, height: 19_425, sampling: "ycbcr-420" },
];

/** A master for one table alone, of what grows with the master; `make-sources.ts --huge` makes it. */
export const hugeSource: Source = { name: "1000mp-ycbcr-420", width: 36_500, height: 27_375, sampling: "ycbcr-420" };

/** Returns the path of a source's file. */
export function pathOf(source: Source): string {
  return `${sourcesFolder}/${source.name}.tif`;
}

/** Returns the source of that name. Throws an Error for an unknown one. */
export function findSource(name: string): Source {
  const source = [...sources, hugeSource].find((candidate) => candidate.name === name);
  if (source === undefined) throw new Error(`unknown source: ${name}`);
  return source;
}
