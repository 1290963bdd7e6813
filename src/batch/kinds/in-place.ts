import { openContainer } from "../../check/container.ts";
import { prefixBytes } from "../../masters/image.ts";
import { colorSamples } from "../../pyramid/color-model.ts";
import type { Pyramid } from "../../pyramid/pyramid.ts";
import { repackFault } from "../../remake/repack-plan.ts";
import type { ByteSource } from "../../source/byte-source.ts";
import type { ItemOutcome } from "../outcome.ts";

/** How an item ends that is not made anew in its own place. */
type NotInPlace = Pick<ItemOutcome, "state" | "failure" | "note">;

const other = "Give the item an identifier of its own, so that the source stays";

/** Returns why a file can't be replaced by the master of its first page; undefined where it has no other. Throws what the source throws. */
export async function refuseOtherPages(source: ByteSource): Promise<NotInPlace | undefined> {
  const container = await openContainer(source, await source.read(0, prefixBytes));
  const pages = container?.pages ?? 1;
  if (pages === 1) return undefined;
  const message = `The file holds ${pages} pages, and its master would be the first of them. ${other}, or ingest all of them.`;
  return refused(message, "tessera ingest FILE --pages all");
}

/**
 * Returns why an image is not converted in its own place: it is a pyramid that needs no conversion, or something of it
 * would be lost. Undefined where nothing would.
 */
export function whyNotInPlace(pyramid: Pyramid, isLossy: boolean): NotInPlace | undefined {
  if (pyramid.levels.length > 1 && repackFault(pyramid) === undefined) {
    return { state: "kept", note: "It is a tiled pyramid already. A task of the kind repack lays it out anew." };
  }
  const { layout, model } = pyramid.levels[0].encoding;
  const colors = colorSamples[model] + (layout.alpha === undefined ? 0 : 1);
  const lost = [
    ...(layout.bits > 8 ? [`all but 8 of its ${layout.bits} bits a sample`] : []),
    ...(isLossy && layout.alpha !== undefined ? ["its transparency"] : []),
    ...(layout.samplesPerPixel > colors ? ["its extra samples"] : []),
  ];
  if (lost.length === 0) return undefined;
  const command = layout.bits > 8 ? "tessera ingest FILE --compression deflate --keep-depth" : undefined;
  return refused(`In its own place the image would lose ${lost.join(" and ")}. ${other}.`, command);
}

function refused(message: string, command?: string): NotInPlace {
  return { state: "refused", failure: { code: "would-lose", message, ...(command !== undefined && { command }) } };
}
