import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { formatErrorsPage, readErrors } from "./errors-page.ts";
import { projectFolder } from "./masters.ts";

/** The folder that wrangler.toml serves as static assets. */
const target = join(projectFolder, "build", "page");

await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
await cp(join(projectFolder, "demo", "page"), target, { recursive: true });
await cp(join(projectFolder, "demo", "masters.json"), join(target, "masters.json"));
const viewer = dirname(fileURLToPath(import.meta.resolve("openseadragon/package.json")));
await cp(join(viewer, "build", "openseadragon", "openseadragon.min.js"), join(target, "openseadragon.min.js"));
await cp(join(viewer, "LICENSE.txt"), join(target, "openseadragon.LICENSE.txt"));
const errors = readErrors(await readFile(join(projectFolder, "docs", "errors.md"), "utf8"));
await writeFile(join(target, "errors.html"), formatErrorsPage(errors));
