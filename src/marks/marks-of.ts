import type { Policy } from "../access/policy.ts";
import { type AccessRules, rulesKey } from "../access/rules.ts";
import type { Size } from "../geometry.ts";
import type { Marks, Watermark } from "../render/marks.ts";
import { type OpenedMark, unusableMark } from "./mark-file.ts";

/** An image, and what is stated of it. */
export interface MarkedImage {
  readonly policies: readonly Policy[];
  readonly rules: AccessRules;
  /** The size of the image as it is seen: that of its master, whatever is shown of it. */
  readonly image: Size;
}

/** Opens a mark by its name. Throws `record-malformed` for one that can't be used, and what reading throws. */
export type OpenMark = (name: string) => Promise<OpenedMark>;

/**
 * Returns what is put over the pictures of an image: all rectangles that any of its policies redacts, and the watermark of
 * the last that names one, which is that of its record. Undefined for nothing. Throws `record-malformed` for a watermark that
 * rules do not describe, and what `open` throws.
 */
export async function marksOf(open: OpenMark, { policies, rules, image }: MarkedImage): Promise<Marks | undefined> {
  const areas = policies.flatMap(({ redactions = [] }) => redactions);
  const redactions = areas.map(([x, y, width, height]) => ({ x, y, width, height }));
  const name = policies.findLast(({ watermark }) => watermark !== undefined)?.watermark;
  if (name === undefined) return redactions.length === 0 ? undefined : { redactions, image };
  return { redactions, image, watermark: await openWatermark(open, name, rules) };
}

async function openWatermark(open: OpenMark, name: string, { watermarks }: AccessRules): Promise<Watermark> {
  const rule = watermarks.get(name);
  if (rule === undefined) throw unusableMark(rulesKey, `no watermark ${name} is described`);
  const { mark, position, scale, opacity, fromPixels } = rule;
  return { ...(await open(mark)), position, scale, opacity, fromPixels };
}
