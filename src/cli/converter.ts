import type { Converter } from "../job/job-image.ts";

/** The work on pixels, loaded when it is first called for: help and wrong arguments need none of it. */
export const converter: Converter = {
  convertMaster: async (...given) => (await import("../convert/convert.ts")).convertMaster(...given),
  repackMaster: async (...given) => (await import("../convert/repack.ts")).repackMaster(...given),
  inspectSource: async (...given) => (await import("../convert/inspect.ts")).inspectSource(...given),
  countPages: async (...given) => (await import("../convert/inspect.ts")).countPages(...given),
};
