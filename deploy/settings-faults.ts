import { accessSecretName } from "../src/config/access-secrets.ts";
import { readGateway } from "../src/config/gateway.ts";
import { oidcSecretName } from "../src/config/login.ts";
import { originSecretPrefix, readOrigins } from "../src/config/origins.ts";
import { defaultVariables, readConfig, type VariableName } from "../src/config.ts";
import { ImageError } from "../src/error.ts";
import { suggest } from "../src/settings/values.ts";
import { bucketsOf, SetupFailed, type StatedBucket } from "./remote-setup.ts";

/** A database as a Wrangler file states it. */
export interface StatedDatabase {
  readonly binding: string;
  readonly database_name?: string | undefined;
}

/** What of a Wrangler file the service depends on. */
export interface StatedSettings {
  readonly vars: Readonly<Record<string, unknown>>;
  readonly r2_buckets: readonly StatedBucket[];
  readonly d1_databases?: readonly StatedDatabase[] | undefined;
  readonly assets?: { readonly run_worker_first?: boolean | readonly string[] | undefined } | undefined;
}

/** Paths that the Worker answers, next to those of images. */
const workerPaths: readonly string[] = [
  ...["/", "/collections/*", "/objects/*", "/search", "/health", "/view/*"],
  ...["/presentation", "/presentation/*", "/admin", "/admin/*", "/auth", "/auth/*"],
];

/**
 * Returns all that is wrong with the settings in a Wrangler file, a sentence each without a full stop; none for good ones. What
 * is for this machine alone is wrong with those that are to be deployed.
 */
export function findSettingsFaults(
  settings: StatedSettings,
  file: string,
  { isDeployed = false }: { readonly isDeployed?: boolean } = {},
): readonly string[] {
  const faults = [...variableFaults(settings.vars), ...bucketFaults(settings, file), ...pathFaults(settings)];
  return isDeployed ? [...faults, ...localFaults(settings.vars), ...accessFaults(settings)] : faults;
}

/** The rules themselves have been read, and what is wrong with them told. */
function localFaults({ ORIGINS: origins }: StatedSettings["vars"]): readonly string[] {
  return readOrigins(origins, {}, []).flatMap(({ isLocal, prefix }) =>
    isLocal ? [`the rule of ORIGINS for ${JSON.stringify(prefix)} is local, and this machine is not deployed`] : [],
  );
}

/** Secrets of the service, next to those of servers that have masters. */
const secretNames: readonly string[] = ["ADMIN_SECRET", accessSecretName, oidcSecretName];

function variableFaults(vars: StatedSettings["vars"]): readonly string[] {
  const isSecret = (name: string): boolean => secretNames.includes(name) || name.startsWith(originSecretPrefix);
  const names = Object.keys(vars);
  const known = Object.keys(defaultVariables);
  const unknown = names.filter((name) => !known.includes(name) && !isSecret(name));
  return [
    ...names.filter(isSecret).map((name) => `${name} is a secret: set it with npx wrangler secret put, in no file`),
    ...unknown.map((name) => `${name} is not a variable of the service${suggest(name, known)}`),
    ...valueFaults(Object.fromEntries(Object.entries(vars).filter(([name]) => !isSecret(name)))),
  ];
}

function valueFaults(vars: StatedSettings["vars"]): readonly string[] {
  try {
    readConfig(vars);
    return [];
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    return (error.detail ?? "").split("; ");
  }
}

function bucketFaults({ r2_buckets: buckets }: StatedSettings, file: string): readonly string[] {
  try {
    bucketsOf(buckets, file);
    return [];
  } catch (error) {
    if (!(error instanceof SetupFailed)) throw error;
    return [error.message.replace(/\.$/, "")];
  }
}

/** Behind the router of static assets the platform does not say whom Access let in. */
function accessFaults({ vars, assets }: StatedSettings): readonly string[] {
  const isSet = (name: VariableName): boolean => String(vars[name] ?? defaultVariables[name]).trim() !== "";
  if (assets === undefined || isSet("ACCESS_TEAM")) return [];
  return (["ACCESS_AUDIENCE", "LOGIN_AUDIENCE"] as const)
    .filter(isSet)
    .map(
      (name) =>
        `ACCESS_TEAM is missing next to ${name}: a Worker with [assets] finds out by the keys of the team whom Access let in`,
    );
}

/** The files of the page are looked for first where the Worker is not said to be asked: what is not there is 404. */
function pathFaults({ vars, assets }: StatedSettings): readonly string[] {
  const first = assets?.run_worker_first;
  if (assets === undefined || first === true) return [];
  const stated = first === undefined || first === false ? [] : first;
  const prefix = String(vars.PREFIX ?? defaultVariables.PREFIX);
  // What is wrong with the rules is told with the values; a rule may have any PAGE_SUFFIX here.
  const rules = readGateway(vars.GATEWAY, { pageSuffix: ";", faults: [] });
  const others = rules.map((rule) => (rule.protocol === "iip" ? rule.prefix : `${rule.prefix}*`));
  const missing = [...workerPaths, `${prefix}/*`, ...others].filter((path) => !isStated(path, stated));
  return missing.length === 0 ? [] : [`run_worker_first under [assets] lacks ${missing.join(", ")}`];
}

/** A pattern that ends in a star covers those that go on from it. */
function isStated(path: string, stated: readonly string[]): boolean {
  return stated.some((pattern) => pattern === path || (pattern.endsWith("*") && path.startsWith(pattern.slice(0, -1))));
}
