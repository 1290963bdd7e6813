import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { insertLimits, readLimits } from "./limits-table.ts";
import { insertPrices } from "./prices-table.ts";

const limits = readLimits(readFileSync(join(import.meta.dirname, "../src/limits.ts"), "utf8"));
const path = join(import.meta.dirname, "configuration.md");
writeFileSync(path, insertLimits(readFileSync(path, "utf8"), limits));
console.log(`docs/configuration.md: ${limits.length} limits`);

const operating = join(import.meta.dirname, "operating.md");
writeFileSync(operating, insertPrices(readFileSync(operating, "utf8")));
console.log("docs/operating.md: prices");
