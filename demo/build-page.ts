import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { tokens } from "../src/design/tokens.ts";
import { nameRights } from "../src/iiif/rights-name.ts";
import { readFolder, writeChangedFolder } from "../src/node/changed-file.ts";
import { formatErrorsPage, readErrors } from "./errors-page.ts";
import { projectFolder } from "./masters.ts";

/** Faces of the pages: the parts for Latin text, with their licences. */
const faces = [
  {
    family: "eb-garamond",
    folder: folderOf(import.meta.resolve("@fontsource-variable/eb-garamond/package.json")),
    files: ["eb-garamond-latin-wght-normal", "eb-garamond-latin-wght-italic"],
  },
  {
    family: "source-sans-3",
    folder: folderOf(import.meta.resolve("@fontsource-variable/source-sans-3/package.json")),
    files: ["source-sans-3-latin-wght-normal"],
  },
] as const;

function folderOf(url: string): string {
  return dirname(fileURLToPath(url));
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

const page = new Map(await readFolder(join(projectFolder, "demo", "page")));
for (const { family, folder, files } of faces) {
  for (const file of files) page.set(`fonts/${file}.woff2`, await readFile(join(folder, "files", `${file}.woff2`)));
  page.set(`fonts/${family}.LICENSE.txt`, await readFile(join(folder, "LICENSE")));
}
page.set("tokens.css", encode(tokens));

// Rights have one name, whether the service writes it or the page.
page.set("rights-name.js", encode(`export ${nameRights}\n`));

const viewer = folderOf(import.meta.resolve("openseadragon/package.json"));
page.set("openseadragon.min.js", await readFile(join(viewer, "build", "openseadragon", "openseadragon.min.js")));
page.set("openseadragon.LICENSE.txt", await readFile(join(viewer, "LICENSE.txt")));
const errors = readErrors(await readFile(join(projectFolder, "docs", "errors.md"), "utf8"));
page.set("errors.html", encode(formatErrorsPage(errors)));

// The folder that wrangler.toml serves as static assets.
await writeChangedFolder(join(projectFolder, "build", "page"), page);
