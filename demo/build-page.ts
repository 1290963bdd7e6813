import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { tokens } from "../src/design/tokens.ts";
import { readFolder, writeChangedFolder } from "../src/node/changed-file.ts";
import { formatErrorsPage, readErrors } from "./errors-page.ts";
import { formatGallery, type Work } from "./gallery-list.ts";
import { demoMasters, mastersFolder, projectFolder } from "./masters.ts";

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

async function measure(): Promise<readonly Work[]> {
  return Promise.all(
    demoMasters.map(async (master) => {
      const { width, height } = await sharp(join(mastersFolder, master.file)).metadata();
      return { ...master, width, height };
    }),
  );
}

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

const works = await measure();
const index = new TextDecoder().decode(page.get("index.html"));
page.set("index.html", encode(index.replace("<!-- works -->", () => formatGallery(works))));
page.set("works.json", encode(JSON.stringify(works, undefined, 2)));

const viewer = folderOf(import.meta.resolve("openseadragon/package.json"));
page.set("openseadragon.min.js", await readFile(join(viewer, "build", "openseadragon", "openseadragon.min.js")));
page.set("openseadragon.LICENSE.txt", await readFile(join(viewer, "LICENSE.txt")));
const errors = readErrors(await readFile(join(projectFolder, "docs", "errors.md"), "utf8"));
page.set("errors.html", encode(formatErrorsPage(errors)));

// The folder that wrangler.toml serves as static assets.
await writeChangedFolder(join(projectFolder, "build", "page"), page);
