import { soleAdmission } from "../budget/admission.ts";
import { drawerOf } from "../check/drawer.ts";
import type { SeePixels } from "../check/level-comparison.ts";
import type { DrawPicture } from "../check/serving.ts";
import { openDrawingTools } from "../node/compiled-modules.ts";

/**
 * Returns a function that draws pictures for a check as the service does, with the kernels that `npm run build:kernel`
 * leaves in the project's folder. Throws when they can't be read.
 */
export function openDrawer(): DrawPicture {
  return drawerOf(openDrawingTools(), { admission: soleAdmission() });
}

/** Returns a function that shows a check the pixels of a master; what decodes them is loaded on first use. */
export function openViewer(): SeePixels {
  return async (master, part) => (await import("../convert/engine.ts")).openEngine().draw(master, part);
}
