import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
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
    const { files, warnings } = await findFiles([folder]);
    expect(files.map(({ relative }) => relative)).toEqual(["a.tif"]);
    const hidden = [".b.tif", ".c", "e/.f.tif"].map((name) => join(folder, name));
    expect(warnings).toEqual([`left out, for their names start with a dot: ${hidden.join(", ")}`]);
  });

  it("name five of those that are hidden and count the others", async () => {
    await lay("a.tif", ...Array.from({ length: 7 }, (_, index) => `.${index}.tif`));
    expect((await findFiles([folder])).warnings).toEqual([expect.stringMatching(/4\.tif and 2 more$/)]);
  });

  it("may be hidden where they are named themselves", async () => {
    await lay(".b.tif", ".c/d.tif");
    expect(await relatives(".b.tif", ".c")).toEqual([".b.tif", "d.tif"]);
  });

  it("have a size, and a path that opens them", async () => {
    await lay("a/b.tif");
    expect((await findFiles([join(folder, "a")])).files).toEqual([
      { path: join(folder, "a", "b.tif"), relative: "b.tif", bytes: 7 },
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

  it("come with a warning for links that lead nowhere", async () => {
    await lay("a.tif");
    await symlink(join(folder, "gone.tif"), join(folder, "b.tif"));
    const { files, warnings, faults } = await findFiles([folder]);
    expect(files).toHaveLength(1);
    expect(warnings).toEqual([expect.stringContaining("b.tif")]);
    expect(faults).toEqual([]);
  });

  it("come with a warning that counts what was left out for its extension", async () => {
    await lay("a.tif", "b.jxl", "c/d.JXL", "c/notes.txt", "README", ".hidden");
    expect((await findFiles([folder])).warnings).toEqual([
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
