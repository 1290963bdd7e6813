import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** The `ImageData` of a browser, which the codecs of @jsquash take and return and Node lacks. */
export class StoredImage {
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
  readonly colorSpace = "srgb";

  constructor(data: Uint8ClampedArray<ArrayBuffer>, width: number, height: number) {
    this.data = data;
    this.width = width;
    this.height = height;
  }
}
Object.assign(globalThis, { ImageData: StoredImage });

const require = createRequire(import.meta.url);
/** Node compiles bytes, workerd does not: its types, which hold for all of the project, leave the constructor out. */
const Module = WebAssembly.Module as unknown as new (bytes: Uint8Array) => WebAssembly.Module;

/** Compiles the WebAssembly file of a package. */
export function compileModule(path: string): WebAssembly.Module {
  return new Module(readFileSync(require.resolve(path)));
}
