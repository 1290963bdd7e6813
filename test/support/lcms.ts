import { compileModule } from "../../src/ingest/compiled-modules.ts";

/** Little CMS, compiled. */
export const lcmsModule = compileModule("lcms");
