import type { Converter } from "./job-image.ts";

/** The work on pixels, loaded when it is first called for: help and wrong arguments need none of it. */
export const converter: Converter = {
  convertMaster: async (...given) => (await import("./convert.ts")).convertMaster(...given),
  repackMaster: async (...given) => (await import("./repack.ts")).repackMaster(...given),
  inspectSource: async (...given) => (await import("./inspect.ts")).inspectSource(...given),
  countPages: async (...given) => (await import("./inspect.ts")).countPages(...given),
};
