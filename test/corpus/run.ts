// npm run corpus -- DIR: what the service makes of a folder of files, a line for each and a total.
import { readCorpus } from "./corpus.ts";
import { judge } from "./judge.ts";
import { serveCorpus } from "./serve.ts";

/** Longest answer to a hostile file, in milliseconds. */
const hostileMilliseconds = 2000;

const [folder = process.env.TESSERA_CORPUS] = process.argv.slice(2);
if (folder === undefined) {
  console.error("Name a folder: npm run corpus -- DIR");
  process.exit(2);
}
const files = readCorpus(folder);
if (files.length === 0) {
  console.error(`There is no image in ${folder}.`);
  process.exit(2);
}
const server = await serveCorpus(files);
const failed: string[] = [];
try {
  for (const file of files) {
    const { passed, findings } = await judge(file, { base: server.base, hostileMilliseconds });
    console.log(`${passed ? "ok  " : "FAIL"} ${file.tier} ${file.name}  ${findings.join("  ")}`);
    if (!passed) failed.push(file.name);
  }
} finally {
  await server.stop();
}
console.log(`${files.length - failed.length} passed, ${failed.length} failed`);
process.exitCode = failed.length === 0 ? 0 : 1;
