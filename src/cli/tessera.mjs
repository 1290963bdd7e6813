#!/usr/bin/env node
// The command `tessera`. In a checkout it runs the sources, which are TypeScript: an older Node hands over to the one that
// is installed with the project. The package on npm has them compiled.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import module, { createRequire } from "node:module";
import { constants, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { faultForPackage, faultForSources } from "../node/required-node.mjs";

keepCompiled();
const folder = dirname(fileURLToPath(import.meta.url));
const sources = join(folder, "main.ts");

if (!existsSync(sources)) await runOrSay(faultForPackage(), "../../compiled/cli/main.js");
else if (faultForSources() === undefined) await import("./main.ts");
else handOver(installedNode());

/**
 * Has Node keep what it compiles, for this process and those that it starts: a command that has run before starts in a third
 * of the time. The folder is Node's own choice. Node before 22.1 has no such thing, and does without.
 */
function keepCompiled() {
  process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), "node-compile-cache");
  module.enableCompileCache?.();
}

/** @param {string | undefined} fault @param {string} main */
async function runOrSay(fault, main) {
  if (fault === undefined) await import(main);
  else say(fault);
}

/** Returns the Node that the project brings, unless its install script was forbidden. */
function installedNode() {
  try {
    const name = process.platform === "win32" ? "node.exe" : "node";
    const node = join(dirname(createRequire(import.meta.url).resolve("node/package.json")), "bin", name);
    return existsSync(node) ? node : undefined;
  } catch {
    return undefined;
  }
}

/** @param {string | undefined} node */
function handOver(node) {
  if (node === undefined) {
    say(faultForSources());
    return;
  }
  // The channel closes when this process ends, even killed: the other then stops as it does with Ctrl-C.
  const child = spawn(node, [sources, ...process.argv.slice(2)], { stdio: ["inherit", "inherit", "inherit", "ipc"] });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.once("error", (error) => say(`${node} can't be started: ${error.message}`));
  child.once("exit", (status, signal) => {
    process.exitCode = status ?? 128 + (constants.signals[signal] ?? 0);
  });
}

/** @param {string | undefined} fault */
function say(fault) {
  process.stderr.write(`${fault}\n`);
  process.exitCode = 1;
}
