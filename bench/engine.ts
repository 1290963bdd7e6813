import { soleAdmission } from "../src/budget/admission.ts";
import { canonicalise } from "../src/iiif/canonical.ts";
import { parseRequest } from "../src/iiif/request.ts";
import { compileModule, compileSettings } from "../src/node/compiled-modules.ts";
import { isGray, type Pyramid, seenSize } from "../src/pyramid/pyramid.ts";
import { Kernels } from "../src/render/kernels.ts";
import { planRender, type RenderPlan } from "../src/render/plan.ts";
import { type Renderer, render } from "../src/render/render.ts";
import type { ByteSource } from "../src/source/byte-source.ts";

/** The quality that all sides of a comparison encode JPEG with. */
export const jpegQuality = 85;

const webpQuality = 80;
const limits = { maxWidth: 1_000_000, maxHeight: 1_000_000, maxArea: 1e12 };

/** Compiles the kernels as `npm run build` left them. Throws when they are missing. */
export function compileKernel(): WebAssembly.Module {
  return compileModule("kernel");
}

/** Opens what the Worker renders with, outside of workerd. */
export function openRenderer(): Renderer {
  const settings = compileSettings({ jpegQuality, webpQuality });
  return { kernels: new Kernels(compileKernel()), settings };
}

/** Plans the request `path`: region, size, rotation, quality and format. Throws what parsing and planning throw. */
export function planPath(path: string, pyramid: Pyramid, source: ByteSource): RenderPlan {
  const [region = "", size = "", rotation = "", qualityAndFormat = ""] = path.split("/");
  const request = parseRequest({ region, size, rotation, qualityAndFormat }, 3);
  const image = { ...seenSize(pyramid), isGray: isGray(pyramid) };
  const canonical = canonicalise(request, image, { limits, isStrictConfined: false });
  return planRender(canonical, pyramid, { sourceSize: source.size, isProfiled: false });
}

/** The result of one rendering. */
export interface Rendering {
  readonly bytes: readonly Uint8Array[];
  /** From the call to the first bytes, in milliseconds. */
  readonly firstByteMilliseconds: number;
}

/** Executes a plan and reads all of its output. Throws what rendering throws. */
export async function renderPlan(renderer: Renderer, plan: RenderPlan, source: ByteSource): Promise<Rendering> {
  const start = performance.now();
  const { body } = await render(renderer, plan, {
    inputs: { source, table: undefined, envelope: {} },
    admission: soleAdmission(),
  });
  if (body instanceof Uint8Array) return { bytes: [body], firstByteMilliseconds: performance.now() - start };
  const bytes: Uint8Array[] = [];
  let firstByteMilliseconds = 0;
  for await (const chunk of body) {
    firstByteMilliseconds ||= performance.now() - start;
    bytes.push(chunk);
  }
  return { bytes, firstByteMilliseconds };
}
