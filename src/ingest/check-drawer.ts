import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { IsolateCache } from "../cache/isolate.ts";
import type { DrawPicture } from "../check/serving.ts";
import type { ColorTable } from "../color/table.ts";
import { findColorTable } from "../colors.ts";
import { KernelLender } from "../render/lease.ts";
import { type Renderer, render } from "../render/render.ts";

/** Node compiles bytes, workerd does not: its types, which hold for all of the project, leave the constructor out. */
const Module = WebAssembly.Module as unknown as new (bytes: Uint8Array) => WebAssembly.Module;

/** Memory that pictures drawn at once may take together, in bytes, as in the service. */
const renderBytes = 64 << 20;

/** Memory of colour tables, in bytes: some ten profiles. */
const colorTableBytes = 4 << 20;

/**
 * Returns what draws pictures for a check as the service draws them, with the kernels that `npm run build:kernel` leaves
 * in the project's folder. Throws what reading them throws.
 */
export function openDrawer(projectFolder: string): DrawPicture {
  const require = createRequire(import.meta.url);
  const compile = (path: string): WebAssembly.Module => new Module(readFileSync(path));
  const resolved = (specifier: string): WebAssembly.Module => compile(require.resolve(specifier));
  const renderer: Renderer = {
    lender: new KernelLender(compile(join(projectFolder, "build", "kernel.wasm")), renderBytes),
    settings: {
      jpegQuality: 85,
      webpQuality: 80,
      webpModule: resolved("@jsquash/webp/codec/enc/webp_enc_simd.wasm"),
      modules: {
        webpDecoder: resolved("@jsquash/webp/codec/dec/webp_dec.wasm"),
        jpeg2000Decoder: resolved("@cornerstonejs/codec-openjpeg/decodewasm"),
      },
    },
  };
  const lcms = resolved("lcms-wasm/dist/lcms.wasm");
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
