import { once } from "node:events";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { formatSkipped } from "../../../src/job/skipped-files.ts";
import { findFiles } from "../../../src/job/source-files.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tessera-files-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function lay(...paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), path);
  }
}

const relatives = async (...names: readonly string[]) =>
  (await findFiles(names.map((name) => join(folder, name)))).files.map(({ relative }) => relative);

describe("the files of a command", () => {
  it("are the images of a folder and its folders, in an order that is the same everywhere", async () => {
    await lay("b.tif", "B.JPG", "a/2.jp2", "a/10.png", "a.jpeg", "notes.txt", "z/é.heic");
    expect(await relatives(".")).toEqual(["B.JPG", "a/10.png", "a/2.jp2", "a.jpeg", "b.tif", "z/é.heic"]);
  });

  it("leave out what is hidden, and say so of images and folders", async () => {
    await lay("a.tif", ".b.tif", ".c/d.tif", "e/.f.tif", "._a.tif", ".DS_Store");
    const { files, skipped } = await findFiles([folder]);
    expect(files.map(({ relative }) => relative)).toEqual(["a.tif"]);
    const hidden = [".b.tif", ".c", "e/.f.tif"].map((name) => join(folder, name));
    expect(skipped).toEqual([{ kind: "hidden", count: 5, examples: hidden }]);
    expect(formatSkipped(skipped)).toEqual([
      `left out, for their names start with a dot: ${hidden.join(", ")} and 2 more`,
    ]);
  });

  it("name five of those that are hidden and count the others", async () => {
    await lay("a.tif", ...Array.from({ length: 7 }, (_, index) => `.${index}.tif`));
    expect(formatSkipped((await findFiles([folder])).skipped)).toEqual([expect.stringMatching(/4\.tif and 2 more$/)]);
  });

  it("may be hidden where they are named themselves", async () => {
    await lay(".b.tif", ".c/d.tif");
    expect(await relatives(".b.tif", ".c")).toEqual([".b.tif", "d.tif"]);
  });

  it("have a size, and a path that opens them", async () => {
    await lay("a/b.tif");
    expect((await findFiles([join(folder, "a")])).files).toEqual([
      { path: join(folder, "a", "b.tif"), relative: "b.tif", folder: join(folder, "a"), bytes: 7 },
    ]);
  });

  it("are taken whatever their extension when they are named themselves", async () => {
    await lay("scan.001", "x/scan.002");
    expect(await relatives("scan.001", "x/scan.002")).toEqual(["scan.001", "scan.002"]);
  });

  it("count once when they are reached twice", async () => {
    await lay("a/b.tif", "a/c.tif");
    expect(await relatives("a/c.tif", "a")).toEqual(["c.tif", "b.tif"]);
  });

  it("are found through links, and links in a circle come to an end", async () => {
    await lay("a/b.tif", "other/c.tif");
    await symlink(join(folder, "a"), join(folder, "a", "again"));
    await symlink(join(folder, "other"), join(folder, "a", "linked"));
    await symlink(join(folder, "a"), join(folder, "other", "back"));
    expect(await relatives("a")).toEqual(["b.tif", "linked/c.tif"]);
  });

  it("keep their names when a link to their folder is added, whatever the link is called", async () => {
    await lay("m/a.tif", "m/n/b.tif", "z.tif");
    const before = await relatives(".");
    expect(before).toEqual(["m/a.tif", "m/n/b.tif", "z.tif"]);
    for (const name of ["a", "m/a", "zz", "0"]) await symlink(join(folder, "m"), join(folder, name));
    await symlink(join(folder, "m", "n"), join(folder, "first"));
    expect(await relatives(".")).toEqual(before);
    const { skipped } = await findFiles([folder]);
    expect(skipped).toMatchObject([{ kind: "link-to-taken-folder", count: 5 }]);
  });

  it("keep their names when another link to a folder outside is added", async () => {
    await lay("in/own.tif", "out/a.tif", "out/b/c.tif");
    await symlink(join(folder, "out"), join(folder, "in", "link"));
    expect(await relatives("in")).toEqual(["link/a.tif", "link/b/c.tif", "own.tif"]);
    await symlink(join(folder, "out"), join(folder, "in", "0"));
    expect(await relatives("in")).toEqual(["0/a.tif", "0/b/c.tif", "link/a.tif", "link/b/c.tif", "own.tif"]);
  });

  it("are not found through links to a folder that is named too", async () => {
    await lay("in/a.tif", "out/b.tif");
    await symlink(join(folder, "out"), join(folder, "in", "link"));
    expect(await relatives("in", "out")).toEqual(["a.tif", "b.tif"]);
    expect(await relatives("out", "in")).toEqual(["b.tif", "a.tif"]);
  });

  it("are not found again through a link to a folder around them", async () => {
    await lay("in/own.tif", "in/deep/b.tif", "beside.tif");
    await symlink("..", join(folder, "in", "up"));
    expect(await relatives("in")).toEqual(["deep/b.tif", "own.tif", "up/beside.tif"]);
    const { skipped } = await findFiles([join(folder, "in")]);
    expect(skipped).toMatchObject([{ kind: "link-to-taken-folder", examples: [join(folder, "in/up/in")] }]);
  });

  it("are told apart from those whose names are not UTF-8, which are counted with what is around them", async () => {
    await lay("a.tif", "ü/b.tif");
    const bytes = (...parts: readonly (string | number)[]) =>
      Buffer.concat(parts.map((part) => (typeof part === "number" ? Buffer.of(part) : Buffer.from(part))));
    await writeFile(bytes(folder, "/caf", 0xe9, ".tif"), "1234");
    await mkdir(bytes(folder, "/m", 0xfc, "hle"));
    await writeFile(bytes(folder, "/m", 0xfc, "hle/ö.jpg"), "12");
    await writeFile(bytes(folder, "/m", 0xfc, "hle/notes.txt"), "1");
    const { files, unnamed, skipped } = await findFiles([folder]);
    expect(files.map(({ relative }) => relative)).toEqual(["a.tif", "ü/b.tif"]);
    expect(unnamed.toSorted((one, other) => other.bytes - one.bytes)).toEqual([
      { path: `${folder}/caf\\xE9.tif`, bytes: 4 },
      { path: `${folder}/m\\xFChle/ö.jpg`, bytes: 2 },
    ]);
    expect(skipped).toMatchObject([{ kind: "other-extension", extensions: { ".txt": 1 } }]);
  });

  it("are not what only has the name of one", async () => {
    await lay("a.tif");
    const server = createServer().listen(join(folder, "b.tif"));
    await once(server, "listening");
    const { files, skipped } = await findFiles([folder]);
    server.close();
    expect(files).toHaveLength(1);
    expect(skipped).toEqual([{ kind: "not-a-file", count: 1, examples: [join(folder, "b.tif")] }]);
  });

  it("come with a warning for links that lead nowhere", async () => {
    await lay("a.tif");
    await symlink(join(folder, "gone.tif"), join(folder, "b.tif"));
    const { files, skipped, faults } = await findFiles([folder]);
    expect(files).toHaveLength(1);
    expect(formatSkipped(skipped)).toEqual([
      `left out, for they are links that lead nowhere: ${join(folder, "b.tif")}`,
    ]);
    expect(faults).toEqual([]);
  });

  it("have files of text beside them that are not told as left out", async () => {
    await lay("a.tif", "a.xml", "b.jpg", "b.alto.xml", "b.hocr", "c/a.txt");
    const { files, skipped } = await findFiles([folder]);
    expect(files).toHaveLength(2);
    expect(skipped).toMatchObject([{ kind: "other-extension", count: 1, extensions: { ".txt": 1 } }]);
  });

  it("have PDFs beside them that are no images; a PDF by itself is taken for one", async () => {
    await lay("a/1.tif", "a/a.pdf", "b/b.pdf");
    const { files, skipped } = await findFiles([folder]);
    expect(files.map(({ relative }) => relative)).toEqual(["a/1.tif", "b/b.pdf"]);
    expect(skipped).toEqual([]);
  });

  it("come with a warning that counts what was left out for its extension", async () => {
    await lay("a.tif", "b.jxl", "c/d.JXL", "c/notes.txt", "README", ".hidden");
    const { skipped } = await findFiles([folder]);
    expect(skipped).toContainEqual({ kind: "hidden", count: 1, examples: [] });
    expect(formatSkipped(skipped)).toEqual([
      "left out, for their names start with a dot: 1, none of them an image or a folder",
      "left out of the folders for their names: 1 .txt, 1 without extension, 2 .jxl",
    ]);
  });

  it("come with a fault for each name that leads nowhere and each folder without images", async () => {
    await lay("empty/notes.txt");
    const { faults } = await findFiles([join(folder, "none"), join(folder, "empty"), "/dev/null"]);
    expect(faults).toEqual([
      expect.stringContaining("none is not there"),
      expect.stringContaining("empty holds no image"),
      "/dev/null is neither a file nor a folder",
    ]);
  });
});
