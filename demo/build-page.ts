import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { tokens } from "../src/design/tokens.ts";
import { formatErrorsPage, readErrors } from "./errors-page.ts";
import { formatGallery, type Work } from "./gallery-list.ts";
import { demoMasters, mastersFolder, projectFolder } from "./masters.ts";

/** The folder that wrangler.toml serves as static assets. */
const target = join(projectFolder, "build", "page");

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

async function copyFaces(): Promise<void> {
  await mkdir(join(target, "fonts"));
  for (const { family, folder, files } of faces) {
    for (const file of files) await cp(join(folder, "files", `${file}.woff2`), join(target, "fonts", `${file}.woff2`));
    await cp(join(folder, "LICENSE"), join(target, "fonts", `${family}.LICENSE.txt`));
  }
}

await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
await cp(join(projectFolder, "demo", "page"), target, { recursive: true });
await writeFile(join(target, "tokens.css"), tokens);
await copyFaces();

const works = await measure();
const page = await readFile(join(target, "index.html"), "utf8");
await writeFile(
  join(target, "index.html"),
  page.replace("<!-- works -->", () => formatGallery(works)),
);
await writeFile(join(target, "works.json"), JSON.stringify(works, undefined, 2));

const viewer = folderOf(import.meta.resolve("openseadragon/package.json"));
await cp(join(viewer, "build", "openseadragon", "openseadragon.min.js"), join(target, "openseadragon.min.js"));
await cp(join(viewer, "LICENSE.txt"), join(target, "openseadragon.LICENSE.txt"));
const errors = readErrors(await readFile(join(projectFolder, "docs", "errors.md"), "utf8"));
await writeFile(join(target, "errors.html"), formatErrorsPage(errors));
