import { compileModule } from "../../src/node/compiled-modules.ts";

/** Little CMS, compiled. */
export const lcmsModule = compileModule("lcms");
