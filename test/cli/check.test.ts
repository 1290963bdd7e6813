import { chmod, mkdir, writeFile } from "node:fs/promises";
import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { openDrawer } from "../../src/cli/check-drawer.ts";
import { commandsOf } from "../../src/cli/check-files.ts";
import { formatCheckProgress } from "../../src/cli/check-progress.ts";
import { runCommandLine } from "../../src/cli/command-line.ts";
import type { Terminal } from "../../src/node/terminal.ts";
import { planRender } from "../../src/render/plan.ts";
import { checkTiff, jpegTile, largeMaster, largeOf } from "../support/checked-masters.ts";
import { tellingConverter } from "../support/ingest.ts";
import { makeTiff, type TiffOptions } from "../support/make-tiff.ts";
import { makeTestFolder } from "../support/masters.ts";
import { recordTerminal } from "../support/terminal.ts";

const folder = makeTestFolder();
const lay = async (name: string, options: TiffOptions) => folder.lay(name, await makeTiff(options));

interface Result {
  readonly status: number;
  readonly printed: string;
  readonly said: string;
}

async function run(
  args: readonly string[],
  change: Partial<Terminal> & { readonly columns?: number } = {},
): Promise<Result> {
  const { terminal, printed, said } = recordTerminal(folder.path(""), change);
  const status = await runCommandLine(args, { terminal, converter: tellingConverter([]) });
  return { status, printed: printed(), said: said() };
}

const good = await lay("good.tif", largeMaster);
const strips = await lay("strips.tif", largeOf({ tile: undefined, rowsPerStrip: 64, levels: 1 }));
const unread = await lay("unread.tif", { width: 40, height: 30, overrides: [{ directory: 0, tag: 259, values: [6] }] });

describe("tessera check", () => {
  it("reports in a block what a master is, how it is served, and how to fix it", async () => {
    const { status, printed, said } = await run(["check", strips]);
    expect(status).toBe(0);
    expect(said).toBe("");
    expect(printed).toBe(`${strips}: served, 2 warnings
  file       TIFF, little-endian, 1 directory, 0.002 MB
  picture    3000 × 2000, RGB, 8 bits, 3 samples a pixel
  levels     3000 × 2000  1/1  32 strips of 64 rows  Deflate  0.002 MB
  profile    none: read as sRGB
  metadata   none
  opening    1 read of 2,468 bytes
  tile       1 read of 256 bytes, 768,000 pixels decoded
  thumbnail  1 read of 2,048 bytes, 6,144,000 pixels decoded
  warning    strips: It is stored in strips: each tile needs all the rows that it touches, over the full width.
  warning    one-level: It has no reduced levels: the smallest picture is drawn from all of its pixels.
  mend       strips, one-level:
             npx tessera ingest ${strips} --to local

1 file: 1 served; 0 errors, 2 warnings, 0 notes
`);
  });

  it("reports what the directory of a file that is not served states", async () => {
    const { status, printed } = await run(["check", unread]);
    expect(status).toBe(1);
    expect(printed).toContain(`${unread}: not served, 1 error\n`);
    expect(printed).toContain("40 × 30, compression old-style JPEG, photometric RGB, 8 bits, 3 samples a pixel");
    expect(printed).toContain(`tiff2rgba -n -c lzw ${unread} mended/unread.tif\n`);
    expect(printed).toContain("npx tessera ingest mended/unread.tif --to local\n");
  });

  it("walks folders and reports each file in a line", async () => {
    await mkdir(folder.path("scans/inner"), { recursive: true });
    await lay("scans/b.tif", largeMaster);
    await lay("scans/inner/a.tif", { width: 40, height: 30, overrides: [{ directory: 0, tag: 259, values: [6] }] });
    await writeFile(folder.path("scans/notes.txt"), "no image");
    const { status, printed } = await run(["check", "--brief", folder.path("scans"), strips]);
    expect(status).toBe(1);
    expect(printed.split("\n")).toEqual([
      `served                   ${folder.path("scans/b.tif")}`,
      `not served  1 error      ${folder.path("scans/inner/a.tif")}  not-read`,
      `served      2 warnings   ${strips}  strips, one-level`,
      "3 files: 2 served, 1 not; 1 error, 2 warnings, 0 notes",
      "",
    ]);
  });

  it("prints JSON for scripts, with the commands for each file", async () => {
    const { status, printed } = await run(["check", "--json", good, unread]);
    expect(status).toBe(1);
    const { files, totals } = JSON.parse(printed);
    expect(files).toMatchObject([
      { file: good, served: "whole", container: { format: "TIFF" }, pages: [{ served: "whole" }], problems: [] },
      { file: unread, served: "none", problems: [{ severity: "error", code: "not-read", pages: [1] }] },
    ]);
    expect(files[1].problems[0].mend).toContain("npx tessera ingest mended/unread.tif --to local");
    expect(totals).toEqual({ files: 2, whole: 1, part: 0, none: 1, error: 1, warning: 0, note: 0 });
  });

  it("ends with 0 when all are served, with 1 for warnings too where it is strict", async () => {
    expect((await run(["check", good, strips])).status).toBe(0);
    expect((await run(["check", "--strict", good])).status).toBe(0);
    expect((await run(["check", "--strict", good, strips])).status).toBe(1);
  });

  it("ends with 2 and all faults for wrong arguments, before it reads anything", async () => {
    const { status, said, printed } = await run(["check", "--json", "--brief", "--loud"]);
    expect(status).toBe(2);
    expect(printed).toBe("");
    for (const fault of ["no file or folder is named", "--brief has no effect with --json", "--loud is not known"]) {
      expect(said).toContain(fault);
    }
    expect(said).toContain("Usage: tessera check FOLDER_OR_FILE...");
    const missing = await run(["check", good, folder.path("nowhere.tif")]);
    expect(missing).toMatchObject({
      status: 2,
      printed: "",
      said: expect.stringContaining("nowhere.tif is not there"),
    });
  });

  it("continues after a file that can't be read", async () => {
    const locked = await folder.lay("locked.tif", "II");
    await chmod(locked, 0o000);
    const { status, printed } = await run(["check", "--brief", locked, good]);
    await chmod(locked, 0o600);
    // The superuser reads it all the same, and it is no image.
    expect(printed).toMatch(/^not served {2}1 error {6}\S+locked\.tif {2}(?:unreadable|not-an-image)\n/);
    expect(printed).toContain(`served                   ${good}\n`);
    expect(status).toBe(1);
  });

  it("stops between files with 130", async () => {
    const stop = new AbortController();
    const seen: string[] = [];
    const print = (lines: readonly string[]): void => {
      seen.push(...lines);
      stop.abort();
    };
    const { status } = await run(["check", "--brief", good, strips, unread], { print, signal: stop.signal });
    expect(status).toBe(130);
    expect(seen[0]).toContain(good);
    expect(seen.join("")).not.toContain(strips);
  });

  it("draws its progress over several files where somebody watches, and takes it away", async () => {
    const { said } = await run(["check", "--brief", good, strips], { columns: 60 });
    expect(said).toContain("[--------------------]  0/2  ");
    expect(said).toContain("[##########----------]  1/2  ");
    expect(said.endsWith("\r\u001b[2K")).toBe(true);
    expect((await run(["check", "--brief", good], { columns: 60 })).said).toBe("");
  });
});

describe("tessera check --decode", () => {
  it("finds what is damaged inside tiles, which else shows only when they are asked for", async () => {
    const tile = jpegTile(256);
    const cut = tile.subarray(0, tile.byteLength - 40);
    const damaged = await lay("damaged.tif", { ...largeMaster, tileBytes: () => cut });
    expect((await run(["check", damaged])).status).toBe(0);
    const { status, printed } = await run(["check", "--decode", damaged]);
    expect(status).toBe(1);
    expect(printed).toContain("undecodable: ");
    expect((await run(["check", "--decode", good])).status).toBe(0);
  });

  it("draws pictures that are streamed to their end, and colours by their profile", async () => {
    // A tile of this size comes to more pixels than are held.
    const side = 2048;
    const tile = deflateSync(new Uint8Array(side * side * 4));
    const inks = { photometric: "CMYK", compression: "deflate", tile: side, tileBytes: () => tile } as const;
    const draw = openDrawer();
    const kinds = new Set<string>();
    const report = await checkTiff({ width: side, height: side, ...inks }, (image, request) => {
      kinds.add(planRender(request, image.pyramid, { sourceSize: image.source.size, isProfiled: false }).kind);
      return draw(image, request);
    });
    expect(report.served).toBe("whole");
    expect([...kinds]).toEqual(["stream", "draw"]);
  });
});

describe("the commands for a file", () => {
  it("are quoted as a shell wants them", () => {
    const mend = ["vips copy FILE[fail-on=error] mended/NAME.tif[tile]", "npx tessera ingest mended/NAME.tif"];
    expect(commandsOf({ mend }, "scans/plate.7.tif")).toEqual([
      "vips copy 'scans/plate.7.tif[fail-on=error]' 'mended/plate.7.tif[tile]'",
      "npx tessera ingest mended/plate.7.tif",
    ]);
    expect(commandsOf({ mend: ["a FILE"] }, "it's a $& plate.tif")).toEqual(["a 'it'\\''s a $& plate.tif'"]);
    expect(commandsOf({ mend: ["a NAME.tif"] }, ".hidden")).toEqual(["a .hidden.tif"]);
  });
});

describe("the progress of a check", () => {
  it("fits a line", () => {
    const state = { files: 4, done: 1, path: "a/very/long/path.tif" };
    expect(formatCheckProgress(state)).toBe("[#####---------------]  1/4  a/very/long/path.tif");
  });
});
