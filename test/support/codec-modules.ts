import { compileModule } from "../../src/node/compiled-modules.ts";

/** Returns libwebp's decoder. */
export function webpDecoderModule(): WebAssembly.Module {
  return compileModule("webpDecoder");
}

/** Returns OpenJPEG's decoder. */
export function jpeg2000DecoderModule(): WebAssembly.Module {
  return compileModule("jpeg2000Decoder");
}
