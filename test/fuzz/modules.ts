import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { jpeg2000DecoderModule, webpDecoderModule } from "../support/codec-modules.ts";

const Module = WebAssembly.Module as unknown as new (bytes: Uint8Array) => WebAssembly.Module;
const encoder = resolve(import.meta.dirname, "../../node_modules/@jsquash/webp/codec/enc/webp_enc_simd.wasm");

/** What the service's encoders take, of low quality: it is the decoding that is tried. */
export const encoderSettings = {
  jpegQuality: 50,
  webpQuality: 50,
  webpModule: new Module(readFileSync(encoder)),
  modules: { webpDecoder: webpDecoderModule(), jpeg2000Decoder: jpeg2000DecoderModule() },
};
