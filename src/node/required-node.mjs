// Says what to do when this Node can't run what comes next. Plain JavaScript, so that any Node can read it. Run by itself
// before the scripts of the project: they are TypeScript, which Node reads from 24 on, and npm install brings one.
import { argv, exit, stderr, versions } from "node:process";
import { fileURLToPath } from "node:url";

/** The first Node that reads TypeScript without a warning. */
const ofSources = [24, 0];
/** The first Node of the compiled command: it has ZSTD. The same stands in package.json under `engines`. */
const ofPackage = [22, 15];

/**
 * Says whether a version of Node is at least as new as another.
 * @param {string} version
 * @param {readonly number[]} least major and minor version
 */
function isAtLeast(version, [major = 0, minor = 0]) {
  const [ownMajor = 0, ownMinor = 0] = version.split(".").map(Number);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}

/** Returns what is wrong for running the sources with a version of Node, in one sentence, or undefined. */
export function faultForSources(version = versions.node) {
  if (isAtLeast(version, ofSources)) return undefined;
  return (
    `Tessera's scripts need Node ${ofSources[0]}, and this is ${version}: run "npm install" in the project's folder, ` +
    `which brings one, or "npm rebuild node --ignore-scripts=false" if install scripts are forbidden.`
  );
}

/** Returns what is wrong for running the compiled command with a version of Node, in one sentence, or undefined. */
export function faultForPackage(version = versions.node) {
  if (isAtLeast(version, ofPackage)) return undefined;
  return `tessera needs Node ${ofPackage.join(".")} or newer, and this is ${version}: install a newer one from nodejs.org.`;
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const fault = faultForSources();
  if (fault !== undefined) {
    stderr.write(`${fault}\n`);
    exit(1);
  }
}
