import type { Field, FieldType } from "./tiff-directory.ts";
import type { PageForm, PageSize, SettledForm } from "./tiff-page.ts";

/** The grid of the tiles or strips of a page. */
export interface ChunkGrid {
  readonly width: number;
  readonly height: number;
  readonly columns: number;
  readonly rows: number;
}

/** Values of tag 262, by name. */
export const photometrics = {
  MinIsWhite: 0,
  MinIsBlack: 1,
  RGB: 2,
  Palette: 3,
  Mask: 4,
  CMYK: 5,
  YCbCr: 6,
  CIELab: 8,
  ICCLab: 9,
} as const;

/** Values of tag 259, by name. */
const compressions: Readonly<Record<SettledForm["compression"], number>> = {
  none: 1,
  "ccitt-rle": 2,
  "ccitt-g3": 3,
  "ccitt-g4": 4,
  lzw: 5,
  jpeg: 7,
  deflate: 8,
  packbits: 32773,
  jpeg2000: 34712,
  zstd: 50000,
  webp: 50001,
};

/** The input for the fields of a page. */
export interface PageFacts {
  readonly form: PageForm;
  readonly settled: SettledForm;
  readonly size: PageSize;
  readonly grid: ChunkGrid;
  readonly file: { readonly bigTiff: boolean; readonly newSubfileType: number };
  readonly tables: Uint8Array | undefined;
  readonly offsets: readonly number[];
  readonly byteCounts: readonly number[];
}

/** Returns the fields of a page, in the order of their tags. */
export function formatPageFields(page: PageFacts): readonly Field[] {
  const { form, settled, size, grid, file, tables, byteCounts } = page;
  const fields: Field[] = [];
  const add = (tag: number, type: FieldType, ...values: number[]) => fields.push({ tag, type, values });
  const wide = file.bigTiff ? "LONG8" : "LONG";
  const [offsetsTag, countsTag] = form.tile === undefined ? [273, 279] : [324, 325];
  const offsets = page.offsets.map((offset, index) => (byteCounts[index] === 0 ? 0 : offset));
  const { samplesPerPixel, bitsPerSample, sampleFormat } = settled;
  add(254, "LONG", file.newSubfileType);
  add(256, "LONG", size.width);
  add(257, "LONG", size.height);
  add(258, "SHORT", ...Array<number>(samplesPerPixel).fill(bitsPerSample));
  add(259, "SHORT", compressions[settled.compression]);
  add(262, "SHORT", photometrics[settled.photometric]);
  if (settled.fillOrder !== 1) add(266, "SHORT", settled.fillOrder);
  if (form.orientation !== undefined) add(274, "SHORT", form.orientation);
  add(277, "SHORT", samplesPerPixel);
  if (form.tile === undefined) add(278, "LONG", grid.height);
  else {
    add(322, "LONG", grid.width);
    add(323, "LONG", grid.height);
  }
  add(offsetsTag!, form.offsetType ?? wide, ...offsets);
  add(countsTag!, form.byteCountType ?? wide, ...byteCounts);
  add(284, "SHORT", settled.planarConfiguration);
  if (form.t4Options !== undefined) add(292, "LONG", form.t4Options);
  if (settled.predictor !== 1) add(317, "SHORT", settled.predictor);
  if (form.colorMap) add(320, "SHORT", ...form.colorMap);
  const extra = samplesPerPixel - settled.colorSamples;
  if (extra > 0) add(338, "SHORT", ...extraKinds(form, extra));
  if (sampleFormat === "float") add(339, "SHORT", ...Array<number>(samplesPerPixel).fill(3));
  if (form.sampleRange) {
    for (const [index, value] of form.sampleRange.entries()) {
      add(340 + index, "DOUBLE", ...Array<number>(samplesPerPixel).fill(value));
    }
  }
  if (tables) add(347, "UNDEFINED", ...tables);
  if (form.ycbcrSubsampling) add(530, "SHORT", ...form.ycbcrSubsampling);
  if (form.xmp !== undefined) add(700, "BYTE", ...new TextEncoder().encode(form.xmp));
  if (form.iccProfile) add(34675, "UNDEFINED", ...form.iccProfile);
  if (size.level === 0) fields.push(...(form.fields ?? []));
  return fields.sort((one, other) => one.tag - other.tag);
}

function extraKinds({ extraSamples = 2 }: PageForm, count: number): readonly number[] {
  const kinds = typeof extraSamples === "number" ? [extraSamples] : extraSamples;
  return Array.from({ length: count }, (_, index) => kinds[index] ?? 0);
}
