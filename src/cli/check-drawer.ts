import { soleAdmission } from "../budget/admission.ts";
import { IsolateCache } from "../cache/isolate.ts";
import type { DrawPicture } from "../check/serving.ts";
import type { ColorTable } from "../color/table.ts";
import { findColorTable } from "../colors.ts";
import { compileModule, compileSettings } from "../node/compiled-modules.ts";
import { Kernels } from "../render/kernels.ts";
import { type Renderer, render } from "../render/render.ts";

/** Memory for colour tables, in bytes: about ten profiles. */
const colorTableBytes = 4 << 20;

/**
 * Returns a function that draws pictures for a check as the service does, with the kernels that `npm run build:kernel`
 * leaves in the project's folder. Throws when they can't be read.
 */
export function openDrawer(): DrawPicture {
  const renderer: Renderer = {
    kernels: new Kernels(compileModule("kernel")),
    settings: compileSettings({ jpegQuality: 85, webpQuality: 80 }),
  };
  const lcms = compileModule("lcms");
  const kept = new IsolateCache<ColorTable>(colorTableBytes);
  return async (plan, { source, model, profile }) => {
    const warnings: string[] = [];
    const admission = soleAdmission();
    const tables = { kept, module: lcms, warn: (message: string) => void warnings.push(message), admission };
    const isManaged = plan.kind !== "copy" && plan.colors.isManaged;
    const table = isManaged ? await findColorTable(tables, model, profile) : undefined;
    const { body } = await render(renderer, plan, { inputs: { source, table, envelope: {} }, admission });
    // A streamed picture fails only while it is read.
    if (!(body instanceof Uint8Array)) for await (const _ of body);
    return warnings;
  };
}
