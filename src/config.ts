import { type AccessSecret, accessSecretName, readAccessSecrets } from "./config/access-secrets.ts";
import {
  preferenceForm,
  readPreferences,
  readRobotsTag,
  robotsTagForm,
  type UsePreference,
} from "./config/crawlers.ts";
import { type GatewayRule, readGateway } from "./config/gateway.ts";
import { type OidcProvider, oidcSecretName, readOidcProvider } from "./config/login.ts";
import { type Origin, readOrigins } from "./config/origins.ts";
import { ImageError } from "./error.ts";

/** The settings as numbers with units; docs/configuration.md explains each. */
export interface Config {
  /** Scheme and host that `id` starts with, without a trailing slash; undefined uses the request's. */
  readonly baseUrl: string | undefined;
  /** What the pages are headed with: the name of the institution. */
  readonly siteName: string;
  /** Path before the version, with a leading slash and without a trailing one. */
  readonly prefix: string;
  /** URLs of other servers that are answered, the longest prefix first. */
  readonly gateway: readonly GatewayRule[];
  /** Key of a master in its bucket; `{identifier}` stands for the decoded identifier. */
  readonly keyTemplate: string;
  /** Separates the number of a page from the identifier; empty when pages can't be chosen. */
  readonly pageSuffix: string;
  /** Where masters are that are not in the bucket; the first whose prefix an identifier has counts. */
  readonly origins: readonly Origin[];
  readonly maxWidth: number;
  readonly maxHeight: number;
  readonly maxArea: number;
  readonly isStrictConfined: boolean;
  /** How many pixels a side may be enlarged to in 2.1; 0 enlarges nothing. */
  readonly maxUpscaledSide: number;
  readonly masterTtlSeconds: number;
  /** How long to wait for an answer of the masters' bucket. */
  readonly storageTimeoutSeconds: number;
  /** How long a request waits for memory before it is refused. */
  readonly renderWaitSeconds: number;
  /** Pictures of more pixels are sent at signed addresses alone; 0 for none. */
  readonly signedAbovePixels: number;
  /** What crawlers may fetch: all but whole images at full size, pages alone, nothing. */
  readonly robots: "open" | "pages" | "closed";
  /** What search engines are told with each answer; empty for nothing. */
  readonly robotsTag: string;
  /** What content may be used for; empty where nothing is said. */
  readonly preferences: readonly UsePreference[];
  /** How long a client may accept nothing of a streamed body. */
  readonly stallSeconds: number;
  readonly imageMaxAgeSeconds: number;
  readonly infoMaxAgeSeconds: number;
  readonly notFoundMaxAgeSeconds: number;
  /** Where the errors are explained: a URL or a path. Undefined for nowhere. */
  readonly helpUrl: string | undefined;
  /** Renders that decode at least this many pixels are kept in the Cache API. */
  readonly cacheAbovePixels: number;
  /** How long a request waits for a cache. */
  readonly cacheTimeoutSeconds: number;
  /** Renders that decode at least this many pixels are kept in the derivative bucket once they are asked for again. */
  readonly storeAbovePixels: number;
  /** Renders that decode at least this many pixels are kept there the first time they are drawn. */
  readonly storeAtOnceAbovePixels: number;
  /** Largest number of pictures of one master in the derivative bucket. */
  readonly storePicturesPerImage: number;
  /** Stored rotations are multiples of this many degrees. */
  readonly storeAngleStepDegrees: number;
  /** Stored sizes have a side that is a multiple of this many pixels. */
  readonly storeSizeStepPixels: number;
  readonly jpegQuality: number;
  /** Whether colours that are not sRGB are converted to it or keep their profile. */
  readonly colorProfile: "convert" | "embed";
  readonly keepMetadata: MetadataPolicy;
  /** How often an isolate hands over what it has counted; 0 counts nothing. */
  readonly statisticsSeconds: number;
  /** The share of requests without an error that write a line to the log, from 0 to 1. */
  readonly logSample: number;
  /** What who administers the service shows as a bearer token; undefined where nobody does so. */
  readonly adminSecret: string | undefined;
  /** What signed addresses, cookies and tokens are made with, the first of them; those of all are accepted. */
  readonly accessSecrets: readonly AccessSecret[];
  /** Where the ledger is kept and runs; undefined for wherever it is near. */
  readonly jurisdiction: "eu" | "fedramp" | "us" | undefined;
  /** The application of Cloudflare Access that lets people in who administer the service. */
  readonly accessAudience: string | undefined;
  /** The team of Cloudflare Access that signs who was let in; undefined where the platform alone says so. */
  readonly accessIssuer: string | undefined;
  /** The application of Cloudflare Access that people sign in by to see images. */
  readonly loginAudience: string | undefined;
  /** The provider of OpenID Connect that they sign in with. */
  readonly oidc: OidcProvider | undefined;
  /** Under which status they are told of an image who may see it once they are let in. */
  readonly authInfoStatus: 200 | 401;
}

/** Which metadata of a master its derivatives keep. */
export type MetadataPolicy = "all" | "copyright" | "none";

/** The variables of wrangler.toml that make up the configuration: text, a number or truth value of the same spelling, a list. */
export type Variables = Readonly<Record<string, unknown>>;

/** WebP's own scale: visually near the JPEG default. */
export const webpQuality = 80;

/** What a variable is where wrangler.toml does not have it: a service that is brought up to date needs no edit. */
export const defaultVariables = {
  BASE_URL: "",
  SITE_NAME: "Tessera",
  PREFIX: "/iiif",
  GATEWAY: "",
  KEY_TEMPLATE: "{identifier}",
  PAGE_SUFFIX: ";page=",
  ORIGINS: "",
  MAX_WIDTH: "20000",
  MAX_HEIGHT: "20000",
  MAX_AREA: "25000000",
  STRICT_CONFINED: "false",
  MAX_UPSCALED_SIDE: "20000",
  SIGNED_ABOVE_PIXELS: "0",
  ROBOTS: "open",
  ROBOTS_TAG: "",
  AI_PREFERENCES: "",
  MASTER_TTL_SECONDS: "60",
  STORAGE_TIMEOUT_SECONDS: "10",
  RENDER_WAIT_SECONDS: "10",
  STALL_SECONDS: "20",
  IMAGE_MAX_AGE_SECONDS: "86400",
  INFO_MAX_AGE_SECONDS: "3600",
  NOT_FOUND_MAX_AGE_SECONDS: "60",
  HELP_URL: "/errors",
  CACHE_ABOVE_PIXELS: "300000",
  CACHE_TIMEOUT_SECONDS: "1",
  STORE_ABOVE_PIXELS: "4000000",
  STORE_AT_ONCE_ABOVE_PIXELS: "25000000",
  STORE_PICTURES_PER_IMAGE: "32",
  STORE_ANGLE_STEP: "90",
  STORE_SIZE_STEP: "4",
  JPEG_QUALITY: "85",
  COLOR_PROFILE: "convert",
  KEEP_METADATA: "copyright",
  STATISTICS_SECONDS: "10",
  LOG_SAMPLE: "0.1",
  ACCESS_AUDIENCE: "",
  ACCESS_TEAM: "",
  LOGIN_AUDIENCE: "",
  OIDC_ISSUER: "",
  OIDC_CLIENT_ID: "",
  OIDC_ROLES_CLAIM: "groups",
  OIDC_SCOPE: "openid email",
  AUTH_INFO_STATUS: "401",
  JURISDICTION: "",
} as const;

/** The name of a variable. */
export type VariableName = keyof typeof defaultVariables;

/** Set with `wrangler secret put`, never in a file that is kept: who may administer the service. */
const adminSecretName = "ADMIN_SECRET";

/** What a bearer token may consist of, and enough of it that nobody guesses it. Source: RFC 6750 §2.1. */
const secretPattern = /^[A-Za-z0-9._~+/-]{24,512}=*$/;

/** Reads the configuration. Throws `config-invalid`, whose detail lists every fault. */
export function readConfig(variables: Variables): Config {
  const faults: string[] = [];
  const text = (name: VariableName): string => {
    const value = variables[name] ?? defaultVariables[name];
    if (typeof value === "string") return value.trim();
    if (typeof value === "number" || typeof value === "boolean") return String(value);
    faults.push(`${name} is neither text nor a number`);
    return defaultVariables[name];
  };
  const integer = (name: VariableName, { least, most }: { readonly least: number; readonly most: number }): number => {
    const value = text(name);
    const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
    if (!(number >= least && number <= most)) {
      faults.push(`${name} is "${value}", not a whole number from ${least} to ${most}`);
    }
    return number;
  };
  const decimal = (
    name: VariableName,
    { least, most, of }: { readonly least: number; readonly most: number; readonly of: string },
  ): number => {
    const value = text(name);
    const number = /^\d+(?:\.\d{1,3})?$/.test(value) ? Number(value) : Number.NaN;
    if (!(number >= least && number <= most)) {
      faults.push(`${name} is "${value}", not a ${of} from ${least} to ${most}, such as 0.5`);
    }
    return number;
  };
  const seconds = (name: VariableName, range: { readonly least: number; readonly most: number }): number =>
    decimal(name, { ...range, of: "number of seconds" });
  const matching = (name: VariableName, pattern: RegExp, meaning: string): string => {
    const value = text(name);
    if (!pattern.test(value)) faults.push(`${name} is "${value}", not ${meaning}`);
    return value;
  };
  const choice = <const Value extends string>(name: VariableName, values: readonly Value[]): Value => {
    const value = text(name);
    const chosen = values.find((known) => known === value);
    if (chosen === undefined)
      faults.push(`${name} is "${value}", not one of ${values.map((known) => known || "empty").join(", ")}`);
    return chosen ?? (values[0] as Value);
  };
  const upToAYear = { least: 0, most: 31_536_000 };
  const baseUrl = matching(
    "BASE_URL",
    /^(?:https?:\/\/[^/?#\s]+)?$/,
    "empty or scheme and host without a slash at the end",
  );
  const helpUrl = matching(
    "HELP_URL",
    /^(?:(?:https?:\/)?\/[^#\s<>"]+)?$/,
    "empty, a URL or a path, without a fragment",
  );
  // An empty one is what is left of a form that asked for it.
  const secret = variables[adminSecretName] === "" ? undefined : variables[adminSecretName];
  if (secret !== undefined && !(typeof secret === "string" && secretPattern.test(secret))) {
    faults.push(`${adminSecretName} is not 24 to 512 letters, digits and . _ ~ + / -`);
  }
  const audience = (name: "ACCESS_AUDIENCE" | "LOGIN_AUDIENCE"): string =>
    matching(name, /^(?:[\w-]{8,128})?$/, "empty or the audience tag of an Access application");
  const accessAudience = audience("ACCESS_AUDIENCE");
  const loginAudience = audience("LOGIN_AUDIENCE");
  if (loginAudience !== "" && loginAudience === accessAudience) {
    faults.push(
      "LOGIN_AUDIENCE is that of ACCESS_AUDIENCE: all who sign in to see images would administer the service",
    );
  }
  const pageSuffix = matching(
    "PAGE_SUFFIX",
    /^[^/?#%\s\d]*$/,
    "characters that end an identifier, without / ? # % or digits",
  );
  const accessTeam = matching(
    "ACCESS_TEAM",
    /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)?$/,
    "empty or the name of a team",
  );
  const jurisdiction = choice("JURISDICTION", ["", "eu", "fedramp", "us"]);
  const robotsTag = readRobotsTag(text("ROBOTS_TAG"));
  if (robotsTag === undefined) faults.push(`ROBOTS_TAG is "${text("ROBOTS_TAG")}", not ${robotsTagForm}`);
  const preferences = readPreferences(text("AI_PREFERENCES"));
  if (preferences === undefined) faults.push(`AI_PREFERENCES is "${text("AI_PREFERENCES")}", not ${preferenceForm}`);
  const origins = readOrigins(variables.ORIGINS, variables, faults);
  const keyTemplate = matching("KEY_TEMPLATE", /\{identifier\}/, "a key that contains {identifier}");
  if (origins.length > 0 && keyTemplate.startsWith(".")) {
    faults.push("KEY_TEMPLATE begins with a dot, as the keys of masters do that ORIGINS leads to");
  }
  const config: Config = {
    baseUrl: baseUrl === "" ? undefined : baseUrl,
    siteName: matching("SITE_NAME", /^[^\p{C}]{1,100}$/u, "a name of 1 to 100 characters"),
    prefix: matching("PREFIX", /^(?:\/[\w.~-]+)+$/, "a path such as /iiif"),
    gateway: readGateway(variables.GATEWAY, { pageSuffix, faults }),
    keyTemplate,
    pageSuffix,
    origins,
    maxWidth: integer("MAX_WIDTH", { least: 1, most: 1_000_000 }),
    maxHeight: integer("MAX_HEIGHT", { least: 1, most: 1_000_000 }),
    maxArea: integer("MAX_AREA", { least: 1, most: 1_000_000_000_000 }),
    isStrictConfined: matching("STRICT_CONFINED", /^(?:true|false)$/, "true or false") === "true",
    maxUpscaledSide: integer("MAX_UPSCALED_SIDE", { least: 0, most: 1_000_000 }),
    signedAbovePixels: integer("SIGNED_ABOVE_PIXELS", { least: 0, most: 1_000_000_000_000 }),
    robots: choice("ROBOTS", ["open", "pages", "closed"]),
    robotsTag: robotsTag ?? "",
    preferences: preferences ?? [],
    masterTtlSeconds: integer("MASTER_TTL_SECONDS", upToAYear),
    storageTimeoutSeconds: integer("STORAGE_TIMEOUT_SECONDS", { least: 1, most: 300 }),
    renderWaitSeconds: integer("RENDER_WAIT_SECONDS", { least: 1, most: 300 }),
    stallSeconds: integer("STALL_SECONDS", { least: 1, most: 300 }),
    imageMaxAgeSeconds: integer("IMAGE_MAX_AGE_SECONDS", upToAYear),
    infoMaxAgeSeconds: integer("INFO_MAX_AGE_SECONDS", upToAYear),
    notFoundMaxAgeSeconds: integer("NOT_FOUND_MAX_AGE_SECONDS", upToAYear),
    helpUrl: helpUrl === "" ? undefined : helpUrl,
    cacheAbovePixels: integer("CACHE_ABOVE_PIXELS", { least: 0, most: 1_000_000_000_000 }),
    cacheTimeoutSeconds: seconds("CACHE_TIMEOUT_SECONDS", { least: 0.05, most: 30 }),
    storeAbovePixels: integer("STORE_ABOVE_PIXELS", { least: 0, most: 1_000_000_000_000 }),
    storeAtOnceAbovePixels: integer("STORE_AT_ONCE_ABOVE_PIXELS", { least: 0, most: 1_000_000_000_000 }),
    storePicturesPerImage: integer("STORE_PICTURES_PER_IMAGE", { least: 1, most: 4096 }),
    storeAngleStepDegrees: integer("STORE_ANGLE_STEP", { least: 0, most: 360 }),
    storeSizeStepPixels: integer("STORE_SIZE_STEP", { least: 0, most: 1_000_000 }),
    jpegQuality: integer("JPEG_QUALITY", { least: 1, most: 100 }),
    colorProfile: choice("COLOR_PROFILE", ["convert", "embed"]),
    keepMetadata: choice("KEEP_METADATA", ["copyright", "all", "none"]),
    statisticsSeconds: seconds("STATISTICS_SECONDS", { least: 0, most: 25 }),
    logSample: decimal("LOG_SAMPLE", { least: 0, most: 1, of: "share" }),
    adminSecret: typeof secret === "string" ? secret : undefined,
    accessSecrets: readAccessSecrets(variables[accessSecretName], faults),
    accessAudience: accessAudience === "" ? undefined : accessAudience,
    jurisdiction: jurisdiction === "" ? undefined : jurisdiction,
    accessIssuer: accessTeam === "" ? undefined : `https://${accessTeam}.cloudflareaccess.com`,
    loginAudience: loginAudience === "" ? undefined : loginAudience,
    oidc: readOidcProvider(
      {
        issuer: text("OIDC_ISSUER"),
        clientId: matching("OIDC_CLIENT_ID", /^[\x21-\x7e]{0,256}$/, "empty or the identifier of a client"),
        rolesClaim: matching("OIDC_ROLES_CLAIM", /^[\x21-\x7e]{1,128}$/, "the name of a claim"),
        scope: matching("OIDC_SCOPE", /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/, "names with spaces between"),
        secret: variables[oidcSecretName],
      },
      faults,
    ),
    authInfoStatus: choice("AUTH_INFO_STATUS", ["401", "200"]) === "200" ? 200 : 401,
  };
  if (faults.length > 0) {
    throw new ImageError("config-invalid", "The service is not configured correctly; see its log.", {
      detail: faults.join("; "),
    });
  }
  return config;
}
