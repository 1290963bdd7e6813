import { soleAdmission } from "../../src/budget/admission.ts";
import { IsolateCache } from "../../src/cache/isolate.ts";
import { type ColorTables, colorTreatment, findColorTable } from "../../src/colors.ts";
import { ImageError } from "../../src/error.ts";
import { canonicalise } from "../../src/iiif/canonical.ts";
import { parseRequest } from "../../src/iiif/request.ts";
import { type MasterImage, openImage } from "../../src/masters/image.ts";
import { isGray, seenSize } from "../../src/pyramid/pyramid.ts";
import type { Kernel } from "../../src/raster/kernel.ts";
import { Kernels } from "../../src/render/kernels.ts";
import { planRender } from "../../src/render/plan.ts";
import { render } from "../../src/render/render.ts";
import { countReads, type ReadCounts } from "../../src/source/counting.ts";
import { memorySource } from "../../src/source/memory.ts";
import { encoderSettings } from "../fuzz/modules.ts";
import { kernelModule } from "../support/kernel.ts";
import { lcmsModule } from "../support/lcms.ts";

/** What became of a request, and what it took. */
export interface Attempt {
  /** The code of the refusal; `none` for a picture. */
  readonly code: string;
  readonly message: string;
  readonly opening: ReadCounts;
  readonly drawing: ReadCounts;
  /** What the plan said the drawing would hold; 0 where it came to no plan. */
  readonly plannedBytes: number;
  /** What the kernel's memory grew to, in bytes; 0 where nothing was drawn. */
  readonly kernelBytes: number;
  /** What was said of a master that is served nevertheless. */
  readonly warnings: readonly string[];
  readonly image: MasterImage | undefined;
}

const prefixBytes = 32_768;

/** Opens a file in memory as the service does and draws a request such as `full/90,/0/default.jpg`. Never rejects with an ImageError. */
export async function attempt(file: Uint8Array, path = "full/!90,90/0/default.jpg", page = 1): Promise<Attempt> {
  const opening: ReadCounts = { reads: 0, bytes: 0 };
  const drawing: ReadCounts = { reads: 0, bytes: 0 };
  const warnings: string[] = [];
  const kernels = new MeasuringKernels(kernelModule);
  let image: MasterImage | undefined;
  let plannedBytes = 0;
  const outcome = (code: string, message = ""): Attempt => {
    return { code, message, opening, drawing, plannedBytes, kernelBytes: kernels.kernelBytes, warnings, image };
  };
  const warn = (message: string): void => void warnings.push(message);
  try {
    const source = countReads(memorySource(file), opening);
    image = await openImage({ source, prefix: file.subarray(0, prefixBytes), page, keepsBlocks: true, warn });
    const plan = planOf(image, { path, sourceSize: file.byteLength });
    plannedBytes = plan.cost.peakBytes;
    const admission = soleAdmission();
    const tables: ColorTables = { kept: new IsolateCache(1 << 20), module: lcmsModule, warn, admission };
    const isManaged = plan.kind !== "copy" && plan.colors.isManaged;
    const { model } = image.pyramid.levels[0].encoding;
    const table = isManaged ? await findColorTable(tables, model, image.profile) : undefined;
    const { body } = await render({ kernels, settings: encoderSettings }, plan, {
      inputs: { source: countReads(memorySource(file), drawing), table, envelope: {} },
      admission,
    });
    if (!(body instanceof Uint8Array)) for await (const _ of body);
    return outcome("none");
  } catch (error) {
    if (error instanceof ImageError) return outcome(error.code, error.message);
    throw error;
  }
}

function planOf(image: MasterImage, { path, sourceSize }: { readonly path: string; readonly sourceSize: number }) {
  const { pyramid } = image;
  const [region = "", size = "", rotation = "", qualityAndFormat = ""] = path.split("/");
  const request = parseRequest({ region, size, rotation, qualityAndFormat }, 3);
  const canonical = canonicalise(
    request,
    { ...seenSize(pyramid), isGray: isGray(pyramid) },
    {
      limits: { maxWidth: 50_000, maxHeight: 50_000, maxArea: 1_000_000_000 },
      isStrictConfined: false,
    },
  );
  const { isProfiled } = colorTreatment(image, canonical, "convert");
  return planRender(canonical, pyramid, { sourceSize, isProfiled });
}

/** Remembers the kernel that was handed out, for what it took. */
class MeasuringKernels extends Kernels {
  #kernel: Kernel | undefined;

  get kernelBytes(): number {
    return this.#kernel?.memoryBytes ?? 0;
  }

  override take(bytes: number): Kernel {
    this.#kernel = super.take(bytes);
    return this.#kernel;
  }
}
