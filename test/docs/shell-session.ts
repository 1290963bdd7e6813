import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bindGroup } from "../../src/node/process-group.ts";
import { quietEnvironment } from "../../src/node/quiet-environment.ts";

/** After so long a session is ended, with whatever it was waiting for. */
const sessionSeconds = 150;

/** Starts before what a command prints. */
const mark = "\u001e";

/** Variables that npm and Vitest add for what they start, and the folder that tests take further files from. */
const added = /^(?:npm_|VITEST|NODE_ENV$|TEST$|DEV$|PROD$|MODE$|SSR$|INIT_CWD$|TESSERA_CORPUS$)/;

/** Returns the variables that commands of a person run with: those of this process, without what npm and Vitest add. */
export function personalEnvironment(): NodeJS.ProcessEnv {
  const environment = { ...process.env, ...quietEnvironment };
  for (const name of Object.keys(environment)) if (added.test(name)) Reflect.deleteProperty(environment, name);
  return environment;
}

/**
 * Runs commands one after another in one bash, in `folder`, and returns what each printed on both of its outputs. Throws an
 * Error that says how far it came when they take more than 150 seconds together.
 */
export async function runSession(commands: readonly string[], folder: string): Promise<readonly string[]> {
  const script = join(folder, ".session.sh");
  const next = `printf '${mark}'`;
  await writeFile(script, ["exec 2>&1 </dev/null", ...commands.flatMap((command) => [next, command]), ""].join("\n"));
  const child = spawn("bash", [script], {
    cwd: folder,
    detached: true,
    env: personalEnvironment(),
    stdio: ["ignore", "pipe", "inherit"],
  });
  const group = bindGroup(child, 0);
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
  });
  group.killOn(AbortSignal.timeout(sessionSeconds * 1000));
  await group.ended;
  const outputs = printed.split(mark).slice(1);
  if (outputs.length < commands.length || child.signalCode !== null) {
    throw new Error(`The session ended at: ${commands[outputs.length - 1]}\n${outputs.at(-1)}`);
  }
  return outputs;
}
