import type { SeePixels } from "../check/level-comparison.ts";
import type { DrawPicture } from "../check/serving.ts";
import { openDrawingTools } from "../node/compiled-modules.ts";
import { drawAlone, type PictureStyle, planPicture } from "../picture.ts";
import type { Damage } from "../render/damage.ts";

const style: PictureStyle = { qualities: { jpeg: 85, webp: 80 }, colorProfile: "convert", keepMetadata: "none" };

/**
 * Returns a function that draws pictures for a check as the service does, with the kernels that `npm run build:kernel`
 * leaves in the project's folder. Throws when they can't be read.
 */
export function openDrawer(): DrawPicture {
  const tools = openDrawingTools();
  return async (image, request) => {
    const warnings: string[] = [];
    const log = (line: object): void => {
      if ("message" in line) warnings.push(String(line.message));
    };
    let damage: Damage | undefined;
    const onDamage = (found: Damage): void => {
      damage = found;
    };
    for await (const _ of drawAlone(tools, planPicture(image, request, style), { log, onDamage }));
    return { warnings, damage };
  };
}

/** Returns a function that shows a check the pixels of a master; what decodes them is loaded on first use. */
export function openViewer(): SeePixels {
  return async (master, part) => (await import("../convert/engine.ts")).openEngine().draw(master, part);
}
