// Measures whole renders of this checkout against another one, A against B in one run: each case by turns, medians and
// their ratio, and whether the bytes are the same. Run: npx -c "node bench/compare.ts OTHER [SECONDS [NAME...]]", where
// OTHER is the folder of another checkout after npm install and npm run build:kernel; names are of sources or cases.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { cases } from "./cases.ts";
import * as here from "./engine.ts";
import { pathOf, type Source, sources } from "./sources.ts";
import { formatFigure, formatTable, spreadOf } from "./statistics.ts";

type Engine = typeof here;

/** Different tiles that are asked for in turn; the bytes of the first of them are compared. */
const tileCount = 24;
const comparedTiles = 6;

/** Fewer runs of a slow picture say nothing. */
const leastRuns = 21;

const [, , other = "", seconds = "1", ...names] = process.argv;
const enginePath = resolve(other, "bench/engine.ts");
if (other === "" || !existsSync(enginePath)) throw new Error("name the folder of another checkout");
const there: Engine = await import(enginePath);

const isWanted = (name: string, among: readonly { readonly name: string }[]): boolean => {
  const given = names.filter((candidate) => among.some((known) => known.name === candidate));
  return given.length === 0 || given.includes(name);
};

const rows: string[][] = [["source", "case", "this, ms", "other, ms", "ratio", "bytes"]];
const ratios: number[] = [];
for (const source of sources.filter(({ name }) => isWanted(name, sources))) {
  const [ours, theirs] = [await openSide(here, source), await openSide(there, source)];
  for (const { name, path } of cases.filter((measured) => isWanted(measured.name, cases))) {
    const asked = Array.from({ length: tileCount }, (_, index) => path(source, index));
    const paths = [...new Set(asked.filter((request) => request !== undefined))];
    if (paths.length === 0) continue;
    let isSame = true;
    for (const request of paths.slice(0, comparedTiles)) {
      isSame &&= (await ours(request)).digest === (await theirs(request)).digest;
    }
    const times = { ours: [] as number[], theirs: [] as number[] };
    const end = performance.now() + 1000 * Number(seconds);
    for (let run = 0; performance.now() < end || run < leastRuns; run += 1) {
      const request = paths[run % paths.length]!;
      if (run % 2 === 0) times.ours.push((await ours(request)).milliseconds);
      times.theirs.push((await theirs(request)).milliseconds);
      if (run % 2 === 1) times.ours.push((await ours(request)).milliseconds);
    }
    const [a, b] = [spreadOf(times.ours).median, spreadOf(times.theirs).median];
    ratios.push(a / b);
    rows.push([source.name, name, formatFigure(a), formatFigure(b), (a / b).toFixed(3), isSame ? "same" : "others"]);
    console.log(rows.at(-1)?.join("  "));
  }
}
console.log(`\n${formatTable(rows)}\n\nmedian of the ratios: ${spreadOf(ratios).median.toFixed(3)}`);

/** Returns what draws a request of a source by an engine, and times it. */
async function openSide(engine: Engine, source: Source) {
  const tools = engine.openTools();
  const master = await engine.openBenchMaster(pathOf(source));
  return async (request: string) => {
    const start = performance.now();
    const { bytes } = await engine.drawPlanned(tools, engine.planPath(request, master.pyramid, master.source));
    const milliseconds = performance.now() - start;
    const hash = createHash("md5");
    for (const piece of bytes) hash.update(piece);
    return { milliseconds, digest: hash.digest("hex") };
  };
}
