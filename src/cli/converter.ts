import type { Converter } from "../job/job-image.ts";

/** The work on pixels, loaded on first use: help and wrong arguments don't need it. */
export const converter: Converter = {
  convertMaster: async (...given) => (await import("../convert/convert.ts")).convertMaster(...given),
  repackMaster: async (...given) => (await import("../convert/repack.ts")).repackMaster(...given),
  inspectSource: async (...given) => (await import("../convert/inspect.ts")).inspectSource(...given),
  countPages: async (...given) => (await import("../convert/inspect.ts")).countPages(...given),
};
