import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** Node compiles bytes, workerd does not: its types, which hold for all of the project, leave the constructor out. */
const Module = WebAssembly.Module as unknown as new (bytes: Uint8Array) => WebAssembly.Module;

/** Little CMS, compiled. */
export const lcmsModule = new Module(readFileSync(createRequire(import.meta.url).resolve("lcms-wasm/dist/lcms.wasm")));
