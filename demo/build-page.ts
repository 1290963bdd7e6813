import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { readFolder, writeChangedFolder } from "../src/node/changed-file.ts";
import { formatErrorsPage, readErrors } from "./errors-page.ts";
import { projectFolder } from "./masters.ts";

const viewer = dirname(fileURLToPath(import.meta.resolve("openseadragon/package.json")));
const errors = readErrors(await readFile(join(projectFolder, "docs", "errors.md"), "utf8"));

const page = new Map(await readFolder(join(projectFolder, "demo", "page")));
page.set("masters.json", await readFile(join(projectFolder, "demo", "masters.json")));
page.set("openseadragon.min.js", await readFile(join(viewer, "build", "openseadragon", "openseadragon.min.js")));
page.set("openseadragon.LICENSE.txt", await readFile(join(viewer, "LICENSE.txt")));
page.set("errors.html", new TextEncoder().encode(formatErrorsPage(errors)));

// The folder that wrangler.toml serves as static assets.
await writeChangedFolder(join(projectFolder, "build", "page"), page);
