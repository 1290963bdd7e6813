import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { parseEnv } from "node:util";
import { divideAsked, isReserved } from "../access/asked-image.ts";
import { signImage } from "../access/signature.ts";
import { type AccessSecret, accessSecretName, readAccessSecrets } from "../config/access-secrets.ts";
import { ImageError } from "../error.ts";
import { formatSegment, type Identifier, identifierOf } from "../identity/identifier.ts";
import { findServer, type LocalServer } from "../node/server-address.ts";
import type { Terminal } from "../node/terminal.ts";
import { mostSignedSeconds } from "../settings/access-options.ts";
import { gatherFaults, refuseFaults } from "../settings/command-faults.ts";
import { readServiceSettings } from "../settings/service-settings.ts";
import type { SignCommand } from "./access-commands.ts";
import { formatMoment } from "./access-text.ts";
import { exitStatus } from "./exit-status.ts";
import { usualBase } from "./usual-base.ts";

/** Carries `tessera sign` out and returns the exit status. Throws CommandFaults. */
export async function sign(command: SignCommand, terminal: Terminal): Promise<number> {
  const { options } = command;
  const faults: string[] = [];
  const listed = options.list === undefined ? command.identifiers : await readList(options.list, terminal, faults);
  const identifiers = listed.flatMap((text) => readIdentifier(text, faults));
  const secret = await readSecret(command, terminal, faults);
  const now = Math.floor(Date.now() / 1000);
  const expires = options.until === undefined ? now + (options.for ?? 0) : Math.floor(options.until / 1000);
  if (expires <= now) faults.push("--until has passed");
  if (expires > now + mostSignedSeconds) faults.push("--until is more than 366 days from now");
  const service = await gatherFaults(faults, () => readServiceSettings(terminal.service.configFile, terminal));
  const base = options.url ?? (await findBase(command, service?.base ?? "", terminal));
  if (base === "") faults.push("--url is missing, because BASE_URL of wrangler.toml is empty");
  refuseFaults([...new Set(faults)]);
  if (secret === undefined || service === undefined) throw new Error("what is missing is a fault");
  const { max } = options;
  for (const identifier of identifiers) {
    const signed = await signImage({ identifier, expires, longestSide: max }, secret);
    const uri = `${base}${service.imagePrefix}/3/${formatSegment(signed)}`;
    const fields = { identifier, uri, expires: formatMoment(1000 * expires), ...(max && { max }), key: secret.id };
    terminal.print([options.json === true ? JSON.stringify(fields) : uri]);
  }
  return exitStatus.well;
}

function readIdentifier(text: string, faults: string[]): readonly Identifier[] {
  try {
    if (!isReserved(text)) return [identifierOf(text)];
    const { longestSide } = divideAsked(identifierOf(text));
    faults.push(
      longestSide === undefined ? `${text} is signed already` : `${text}: say --max ${longestSide}, and name the image`,
    );
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    faults.push(`${text}: ${error.message.replace(/\.$/, "")}`);
  }
  return [];
}

async function readList(file: string, { folder }: Terminal, faults: string[]): Promise<readonly string[]> {
  const text = await readText(resolve(folder, file), faults);
  const lines = (text ?? "")
    .replace(/^\ufeff/, "")
    .split(/\r?\n/)
    .map((line) => line.trim());
  const found = [...new Set(lines.filter((line) => line !== ""))];
  if (text !== undefined && found.length === 0) faults.push(`${file} has no identifier`);
  return found;
}

/** The first signs, as those of the service do. What is wrong is told without it. */
async function readSecret(
  command: SignCommand,
  terminal: Terminal,
  faults: string[],
): Promise<AccessSecret | undefined> {
  const { options } = command;
  const { folder, environment, service } = terminal;
  const { secretFile } = options;
  let value: string | undefined;
  if (secretFile !== undefined) {
    value = (await readText(resolve(folder, secretFile), faults))?.trim();
    if (value === undefined) return undefined;
  } else value = environment[accessSecretName] || undefined;
  const variables = join(dirname(service.configFile), ".dev.vars");
  if (value === undefined && options.to === "local") {
    const text = await readFile(variables, "utf8").catch(() => "");
    value = parseEnv(text)[accessSecretName] || (await findLocal(command, terminal))?.accessSecret;
  }
  const [first] = readAccessSecrets(value, faults);
  if (first === undefined && (value ?? "") === "") {
    const where = options.to === "local" ? `, not in ${variables}, and no service runs here` : "";
    faults.push(
      `${accessSecretName} is not set in the environment${where}: the secret of the service, or --secret-file`,
    );
  }
  return first;
}

async function readText(file: string, faults: string[]): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    faults.push(`${file} can't be read: ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
}

/** npm start has its own address, whatever BASE_URL says. */
async function findBase(command: SignCommand, base: string, terminal: Terminal): Promise<string> {
  if (command.options.to !== "local") return base;
  return (await findLocal(command, terminal))?.url ?? usualBase;
}

function findLocal(
  { options: { state } }: SignCommand,
  { service, folder }: Terminal,
): Promise<LocalServer | undefined> {
  return findServer(state === undefined ? service.stateFolder : resolve(folder, state));
}
