// Measures what the ingest's defaults are based on, and what a conversion costs. Run: npx -c "node bench/ingest.ts
// WHAT", where WHAT is `settings` (photographs of $TESSERA_CORPUS/gallery at several settings), `bilevel` (its
// documents of one bit) or `convert [FILE]` (the file, or else one photograph of 123 megapixels, compared with `vips
// tiffsave` if vips is installed). Prints tables for bench/README.md.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import sharp, { type TiffOptions } from "sharp";
import { convertMaster } from "../src/convert/convert.ts";
import { formatTileRequest, sessionTiles, viewKinds } from "../src/operation/viewer-session.ts";
import type { ConversionSettings } from "../src/settings/conversion.ts";
import { openPyramid } from "../src/tiff/open.ts";
import { drawPlanned, openTools, planPath } from "./engine.ts";
import { fileSource } from "./file-source.ts";
import { isInstalled, usageOf } from "./processes.ts";
import { benchFolder, findSource, pathOf } from "./sources.ts";
import { formatFigure, formatTable, quantile } from "./statistics.ts";

const folder = `${benchFolder}/ingest`;
const usual: ConversionSettings = {
  compression: "jpeg",
  quality: 89,
  tileSize: 256,
  subsampling: "4:2:0",
  keepsProfile: false,
  keepsDepth: false,
};

/** Settings that are compared, by what their row is called. */
const compared: readonly (readonly [string, Partial<ConversionSettings>])[] = [
  ["89, 4:2:0, 256", {}],
  ["89, 4:2:0, 512", { tileSize: 512 }],
  ["80, 4:2:0, 256", { quality: 80 }],
  ["90, RGB 4:4:4, 256", { quality: 90, subsampling: "4:4:4" }],
  ["95, RGB 4:4:4, 256", { quality: 95, subsampling: "4:4:4" }],
  ["WebP 80, 256", { compression: "webp", quality: 80 }],
  ["Deflate, 256", { compression: "deflate" }],
];

/** The result of one setting for one photograph. */
interface SettingFigures {
  /** Bytes of the master for a pixel of the full image, in bits. */
  readonly bitsPerPixel: number;
  readonly psnr: number;
  /** Milliseconds to draw 1024 by 1024 pixels of the full image, reading left out. */
  readonly drawMilliseconds: number;
  readonly requests: number;
  /** Share of the session's requests that are answered with stored bytes. */
  readonly copied: number;
  readonly sessionBytes: number;
  readonly sessionMilliseconds: number;
  readonly convertSeconds: number;
}

async function measureSetting(file: string, settings: Partial<ConversionSettings>): Promise<SettingFigures> {
  const path = `${folder}/master.tif`;
  const master = await convertMaster(file, path, { ...usual, ...settings });
  const source = fileSource(path);
  const pyramid = await openPyramid(source);
  const tools = openTools();
  const draw = async (request: string): Promise<{ readonly bytes: number; readonly isCopied: boolean }> => {
    const picture = planPath(request, pyramid, source);
    const { bytes } = await drawPlanned(tools, picture);
    return { bytes: bytes.reduce((sum, piece) => sum + piece.byteLength, 0), isCopied: picture.plan.kind === "copy" };
  };
  const times: number[] = [];
  for (let turn = 0; turn < 9; turn++) {
    const start = performance.now();
    await draw("1003,1003,1024,1024/1024,1024/0/default.jpg");
    times.push(performance.now() - start);
  }
  const { tileWidth: tile } = pyramid.levels[0];
  const session = sessionTiles(pyramid, { tile, journey: viewKinds.study }).map(formatTileRequest);
  const start = performance.now();
  const answers: Awaited<ReturnType<typeof draw>>[] = [];
  for (const request of session) answers.push(await draw(request));
  const sessionMilliseconds = performance.now() - start;
  const { seconds } = master;
  return {
    bitsPerPixel: (master.bytesOut * 8) / (master.width * master.height),
    psnr: await psnrOf(file, path),
    drawMilliseconds: quantile(times, 0.5),
    requests: session.length,
    copied: answers.filter(({ isCopied }) => isCopied).length / answers.length,
    sessionBytes: answers.reduce((sum, { bytes }) => sum + bytes, 0),
    sessionMilliseconds,
    convertSeconds: Object.values(seconds).reduce((sum, value) => sum + value, 0),
  };
}

/** Over all RGB samples of the full image, in decibels. */
async function psnrOf(file: string, master: string): Promise<number> {
  const [a, b] = await Promise.all([file, master].map((path) => sharp(path).toColourspace("srgb").raw().toBuffer()));
  if (a === undefined || b === undefined || a.byteLength !== b.byteLength) return Number.NaN;
  let sum = 0;
  for (let index = 0; index < a.byteLength; index++) sum += ((a[index] ?? 0) - (b[index] ?? 0)) ** 2;
  return 10 * Math.log10((255 ** 2 * a.byteLength) / sum);
}

async function tabulateSettings(corpus: string): Promise<string> {
  const gallery = `${corpus}/gallery`;
  const files = readdirSync(gallery).filter((name) => /^photo-.*\.jpg$/.test(name));
  const rows: string[][] = [];
  for (const [name, settings] of compared) {
    const all: SettingFigures[] = [];
    for (const file of files) all.push(await measureSetting(`${gallery}/${file}`, settings));
    const mean = (of: keyof SettingFigures): number => all.reduce((sum, each) => sum + each[of], 0) / all.length;
    rows.push([
      name,
      ...(["bitsPerPixel", "psnr", "drawMilliseconds", "convertSeconds", "requests"] as const).map((of) =>
        formatFigure(mean(of)),
      ),
      `${Math.round(mean("copied") * 100)} %`,
      formatFigure(mean("sessionBytes") / 1000),
      formatFigure(mean("sessionMilliseconds")),
    ]);
  }
  const head = [
    "setting",
    "bits a pixel",
    "PSNR",
    "draw, ms",
    "convert, s",
    "requests",
    "copied",
    "session, kB",
    "session, ms",
  ];
  return formatTable([head, ...rows]);
}

/** What a process used, as it reports itself. */
interface Run {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakBytes: number;
}

/** How often a process is looked at, in milliseconds: what it took in the last moment is lost. */
const pollMilliseconds = 20;

async function runProcess(command: string, parameters: readonly string[]): Promise<Run> {
  const start = performance.now();
  const child: ChildProcess = spawn(command, parameters, { stdio: ["ignore", "ignore", "inherit"] });
  let [cpuMilliseconds, peakBytes] = [0, 0];
  const timer = setInterval(() => {
    const usage = usageOf(child.pid ?? 0);
    cpuMilliseconds = Math.max(cpuMilliseconds, usage.cpuMilliseconds);
    peakBytes = Math.max(peakBytes, usage.peakBytes);
  }, pollMilliseconds);
  const status = await new Promise<number | null>((resolve) => child.on("close", resolve));
  clearInterval(timer);
  if (status !== 0) throw new Error(`${command} ended with ${status}`);
  return { seconds: (performance.now() - start) / 1000, cpuSeconds: cpuMilliseconds / 1000, peakBytes };
}

/** Makes a photograph of 123 megapixels, as a TIFF in strips and as a JPEG, out of the master of that size. */
async function makePhotographs(): Promise<readonly string[]> {
  const from = pathOf(findSource("123mp-rgb-444"));
  if (!existsSync(from)) throw new Error("make the masters first: node bench/make-sources.ts");
  const paths = [`${folder}/123mp.tif`, `${folder}/123mp.jpg`];
  for (const path of paths.filter((each) => !existsSync(each))) {
    const pixels = sharp(from, { limitInputPixels: false });
    await (path.endsWith("tif") ? pixels.tiff({ compression: "none" }) : pixels.jpeg({ quality: 95 })).toFile(path);
  }
  return paths;
}

/** Bytes of documents of one bit as grey tiles, whole pyramids. */
async function tabulateBilevel(corpus: string): Promise<string> {
  const files = ["gallery/doc-tickets-23mpx-g4.tif", "reality/pil-pport-g4-page.tif", "reality/tm-g3-2d-strips.tif"];
  const kinds: readonly (readonly [string, TiffOptions])[] = [
    ["JPEG 89", { compression: "jpeg", quality: 89 }],
    ["Deflate", { compression: "deflate", predictor: "none" }],
    ["Deflate, predictor", { compression: "deflate", predictor: "horizontal" }],
  ];
  const rows: string[][] = [];
  for (const file of files) {
    const row = [file, formatFigure(statSync(`${corpus}/${file}`).size / 1000)];
    for (const [, options] of kinds) {
      const tiles = { tile: true, tileWidth: 512, tileHeight: 512, pyramid: true };
      const { size } = await sharp(`${corpus}/${file}`)
        .toColourspace("b-w")
        .tiff({ ...options, ...tiles })
        .toFile(`${folder}/document.tif`);
      row.push(formatFigure(size / 1000));
    }
    rows.push(row);
  }
  return formatTable([["document", "source, kB", ...kinds.map(([name]) => `${name}, kB`)], ...rows]);
}

async function tabulateConversion(file: string | undefined): Promise<string> {
  const rows: string[][] = [];
  const vips = [
    "--tile",
    "--pyramid",
    "--compression",
    "jpeg",
    "--Q",
    "89",
    "--tile-width",
    "256",
    "--tile-height",
    "256",
  ];
  for (const photograph of file === undefined ? await makePhotographs() : [file]) {
    const target = `${folder}/converted.tif`;
    const row = (name: string, run: Run): string[] => [
      file ?? (photograph.endsWith("tif") ? "TIFF, uncompressed" : "JPEG, quality 95"),
      name,
      formatFigure(run.seconds),
      formatFigure(run.cpuSeconds),
      `${Math.round(run.peakBytes / 1e6)}`,
      `${Math.round(statSync(target).size / 1e6)}`,
    ];
    rows.push(row("ingest", await runProcess(process.execPath, [import.meta.filename, "one", photograph, target])));
    if (!isInstalled("vips")) continue;
    rows.push(row("vips tiffsave", await runProcess("vips", ["tiffsave", photograph, target, ...vips])));
  }
  return formatTable([["source", "by", "s", "processor s", "peak MB", "master MB"], ...rows]);
}

if (import.meta.main) {
  mkdirSync(folder, { recursive: true });
  const [what, ...given] = process.argv.slice(2);
  const corpus = process.env.TESSERA_CORPUS;
  if (what === "one" && given[0] && given[1]) {
    console.log(JSON.stringify(await convertMaster(given[0], given[1], usual)));
  } else if (what === "settings" && corpus) console.log(await tabulateSettings(corpus));
  else if (what === "bilevel" && corpus) console.log(await tabulateBilevel(corpus));
  else if (what === "convert") console.log(await tabulateConversion(given[0]));
  else throw new Error("say `settings` or `bilevel`, with TESSERA_CORPUS set, or `convert`");
}
