import { drawPage, type EncodedPage, encodePage, type PageForm, type PageSize } from "./tiff-page.ts";

/** A picture with its reduced levels. The comments name the default. */
export interface PyramidForm extends PageForm {
  readonly width: number;
  readonly height: number;
  /** How many levels, each half of the one before, or the sizes of the reduced ones. 1. */
  readonly levels?: number | readonly { readonly width: number; readonly height: number }[];
  /** How half of an odd number is rounded: `ceil`; vips rounds `floor`. */
  readonly levelRounding?: "ceil" | "floor";
  /** `chain`, or SubIFDs of the full picture's directory. */
  readonly levelLayout?: "chain" | "sub-ifds";
  /** NewSubfileType of the full picture: 0. */
  readonly subfileType?: number;
  /** NewSubfileType of the reduced levels: 1; slide scanners write 0. */
  readonly levelSubfileType?: number;
}

/** Encodes the full picture and its levels, largest first. Throws when options contradict one another. */
export async function encodePyramid(
  form: PyramidForm,
  file: { readonly byteOrder: "big" | "little"; readonly bigTiff: boolean },
): Promise<readonly EncodedPage[]> {
  const full = form.tileBytes ? undefined : drawPage(form, form);
  const { subfileType = 0, levelSubfileType = 1 } = form;
  const pages: EncodedPage[] = [];
  for (const size of levelSizes(form)) {
    const isFull = size.level === 0;
    const newSubfileType = isFull ? subfileType : levelSubfileType;
    pages.push(await encodePage(isFull ? form : withoutMetadata(form), size, full, { ...file, newSubfileType }));
  }
  return pages;
}

/** Returns the sizes of the full picture and its levels. */
export function levelSizes(form: PyramidForm): readonly PageSize[] {
  const { width, height, levels = 1, levelRounding = "ceil" } = form;
  const sizes: PageSize[] = [{ width, height, level: 0, scaleX: 1, scaleY: 1 }];
  if (typeof levels === "number") {
    const half = (side: number) => Math.max(1, Math[levelRounding](side / 2));
    while (sizes.length < levels) {
      const last = sizes.at(-1)!;
      const scale = 2 ** sizes.length;
      const next = { width: half(last.width), height: half(last.height) };
      sizes.push({ ...next, level: sizes.length, scaleX: scale, scaleY: scale });
    }
  } else {
    for (const size of levels) {
      const scales = { scaleX: width / size.width, scaleY: height / size.height };
      sizes.push({ width: size.width, height: size.height, level: sizes.length, ...scales });
    }
  }
  return sizes;
}

function withoutMetadata(form: PageForm): PageForm {
  const { iccProfile: _profile, xmp: _xmp, ...rest } = form;
  return rest;
}
