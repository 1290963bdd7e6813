// npm run fuzz: damaged files for all that reads them. See options.ts for what it takes.
import { join } from "node:path";
import { causeOf, findsFolder, readFind, writeFind } from "./finds.ts";
import { type CaseLimits, judgeCase, makeCase } from "./judge.ts";
import { type FuzzOptions, parseOptions, usage } from "./options.ts";
import { type CampaignReport, runCampaign } from "./supervisor.ts";
import { openTarget } from "./targets.ts";

const limits: CaseLimits = { cpuMilliseconds: 1000, memoryBytes: 256 << 20 };
const hangMilliseconds = 20_000;
const corpus = process.env.TESSERA_CORPUS;
const folders = [
  findsFolder,
  ...(corpus === undefined ? [] : ["hostile", "reality"].map((name) => join(corpus, name))),
];

const options = readOptions();
const faults = options.replay.length > 0 ? await replay(options.replay) : await runTargets(options);
console.log(`peak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB, ${faults} finds`);
process.exit(faults > 0 ? 1 : 0);

function readOptions(): FuzzOptions {
  try {
    const parsed = parseOptions(process.argv.slice(2));
    if (parsed !== undefined) return parsed;
    console.log(usage);
    process.exit(0);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    process.exit(2);
  }
}

async function runTargets({ targets, seed, cases, seconds }: FuzzOptions): Promise<number> {
  let count = 0;
  for (const name of targets) {
    const target = await openTarget(name, folders);
    const causes = new Set<string>();
    const onFind = (index: number, fault: string): void => {
      if (causes.has(causeOf(fault))) return;
      causes.add(causeOf(fault));
      count += 1;
      const { bytes, form } = makeCase(target, seed, index);
      const find = { target: name, fault, form, seed, index };
      const path = writeFind(findsFolder, find, { bytes, extension: target.extension });
      console.log(`FIND ${path}\n${fault}\n`);
    };
    const campaign = { target: name, seed, cases, seconds, folders, limits, hangMilliseconds, onFind };
    printReport(name, await runCampaign(campaign));
  }
  return count;
}

function printReport(name: string, { cases, milliseconds, outcomes, slowest }: CampaignReport): void {
  const seconds = milliseconds / 1000;
  const rate = Math.round((cases / seconds) * 60);
  const slow = `slowest ${Math.round(slowest.cpuMilliseconds)} ms of CPU (case ${slowest.index})`;
  console.log(`${name}: ${cases} cases in ${Math.round(seconds)} s, ${rate} a minute, ${slow}`);
  const counts = [...outcomes].toSorted(([, a], [, b]) => b - a).map(([outcome, count]) => `${outcome} ${count}`);
  console.log(`  ${counts.join(", ")}`);
}

async function replay(paths: readonly string[]): Promise<number> {
  let count = 0;
  for (const path of paths) {
    const { find, fuzzCase } = readFind(path);
    const { outcome, cpuMilliseconds, fault } = await judgeCase(await openTarget(find.target, []), fuzzCase, limits);
    console.log(
      `${path}: ${outcome}, ${Math.round(cpuMilliseconds)} ms of CPU${fault === undefined ? "" : `\n${fault}`}`,
    );
    if (fault !== undefined) count += 1;
  }
  return count;
}
