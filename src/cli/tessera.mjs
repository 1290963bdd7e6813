#!/usr/bin/env node
// The command `tessera`. The sources are TypeScript, which Node reads by itself from 24 on; an older one hands over to
// the Node that is installed with the package.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const main = join(dirname(fileURLToPath(import.meta.url)), "main.ts");

if (Number(process.versions.node.split(".")[0]) >= 24) await import("./main.ts");
else handOver(installedNode());

function installedNode() {
  try {
    return join(
      dirname(createRequire(import.meta.url).resolve("node/package.json")),
      "bin",
      process.platform === "win32" ? "node.exe" : "node",
    );
  } catch {
    return undefined;
  }
}

/** @param {string | undefined} node */
function handOver(node) {
  if (node === undefined) {
    process.stderr.write(
      `tessera needs Node 24 or later; this is ${process.version}. Run npm install in its folder.\n`,
    );
    process.exitCode = 1;
    return;
  }
  // The channel closes when this process ends, even killed: the other then stops as it does with Ctrl-C.
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: ["inherit", "inherit", "inherit", "ipc"] });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.once("error", (error) => {
    process.stderr.write(`${node} can't be started: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.once("exit", (status, signal) => {
    process.exitCode = status ?? 128 + (constants.signals[signal] ?? 0);
  });
}
