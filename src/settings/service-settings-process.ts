/**
 * The process that reads the wrangler.toml named by its argument, and exits. It is separate because wrangler, once
 * loaded, takes 200 MB for as long as its process lives.
 */
import { readOrigins } from "../config/origins.ts";
import { defaultVariables, readConfig, type VariableName, type Variables } from "../config.ts";
import { ImageError } from "../error.ts";
import { derivativeRules } from "../operation/derivative-state.ts";
import type { ServiceSettings } from "./service-settings.ts";

/** What is sent back. */
export type ServiceAnswer = { readonly settings: ServiceSettings } | { readonly failure: string };

async function read(file: string): Promise<ServiceSettings> {
  const { unstable_readConfig: readWrangler } = await import("wrangler");
  const { vars, r2_buckets: buckets, d1_databases: databases } = readWrangler({ config: file });
  const textOf = (name: VariableName) => String(vars[name] ?? defaultVariables[name]).trim();
  // What is wrong there is told by the service. Infinity does not pass from process to process.
  const sizeOf = (name: VariableName) => Number(textOf(name)) || Number.MAX_SAFE_INTEGER;
  const secondsOf = (name: VariableName) => Number(textOf(name)) || 0;
  const bucketOf = (name: string) =>
    buckets.find(({ binding }: { readonly binding: string }) => binding === name)?.bucket_name;
  return {
    naming: {
      keyTemplate: textOf("KEY_TEMPLATE"),
      pageSuffix: textOf("PAGE_SUFFIX"),
      elsewhere: readOrigins(vars.ORIGINS, {}, []).map(({ prefix }) => prefix),
    },
    mastersBucket: bucketOf("MASTERS"),
    catalogueBucket: bucketOf("CATALOGUE"),
    derivativesBucket: bucketOf("DERIVATIVES"),
    base: textOf("BASE_URL").replace(/\/+$/, ""),
    imagePrefix: textOf("PREFIX"),
    limits: { maxWidth: sizeOf("MAX_WIDTH"), maxHeight: sizeOf("MAX_HEIGHT"), maxArea: sizeOf("MAX_AREA") },
    masterTtlSeconds: secondsOf("MASTER_TTL_SECONDS"),
    imageMaxAgeSeconds: secondsOf("IMAGE_MAX_AGE_SECONDS"),
    derivatives: readRules(vars),
    searchDatabase: databases.find(({ binding }: { readonly binding: string }) => binding === "SEARCH")?.database_name,
  };
}

function readRules(variables: Variables): ServiceSettings["derivatives"] {
  try {
    return derivativeRules(readConfig(variables));
  } catch (error) {
    return { fault: error instanceof ImageError ? (error.detail ?? error.message) : String(error) };
  }
}

const answer: ServiceAnswer = await read(process.argv[2] ?? "").then(
  (settings) => ({ settings }),
  (error: unknown) => ({ failure: error instanceof Error ? error.message : String(error) }),
);
process.send?.(answer, () => process.disconnect());
