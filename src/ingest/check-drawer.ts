import { IsolateCache } from "../cache/isolate.ts";
import type { DrawPicture } from "../check/serving.ts";
import type { ColorTable } from "../color/table.ts";
import { findColorTable } from "../colors.ts";
import { KernelLender } from "../render/lease.ts";
import { type Renderer, render } from "../render/render.ts";
import { compileModule, compileSettings } from "./compiled-modules.ts";

/** Memory that pictures drawn at once may take together, in bytes, as in the service. */
const renderBytes = 64 << 20;

/** Memory of colour tables, in bytes: some ten profiles. */
const colorTableBytes = 4 << 20;

/**
 * Returns what draws pictures for a check as the service draws them, with the kernels that `npm run build:kernel` leaves
 * in the project's folder. Throws what reading them throws.
 */
export function openDrawer(): DrawPicture {
  const renderer: Renderer = {
    lender: new KernelLender(compileModule("kernel"), renderBytes),
    settings: compileSettings({ jpegQuality: 85, webpQuality: 80 }),
  };
  const lcms = compileModule("lcms");
  const kept = new IsolateCache<ColorTable>(colorTableBytes);
  return async (plan, { source, model, profile }) => {
    const warnings: string[] = [];
    const tables = { kept, module: lcms, warn: (message: string) => void warnings.push(message) };
    const isManaged = plan.kind !== "copy" && plan.colors.isManaged;
    const table = isManaged ? await findColorTable(tables, model, profile) : undefined;
    const { body } = await render(renderer, plan, { source, table, envelope: {}, onEnd: () => {} });
    // A picture that is streamed fails while it is read.
    if (!(body instanceof Uint8Array)) await body.pipeTo(new WritableStream());
    return warnings;
  };
}
