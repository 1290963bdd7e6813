import { existsSync } from "node:fs";
import { join } from "node:path";
import { CommandFaults } from "./command-faults.ts";
import type { Naming } from "./identifier.ts";

/** What wrangler.toml says that concerns the ingest. */
export interface ServiceSettings {
  readonly naming: Naming;
  /** `bucket_name` of the binding MASTERS. */
  readonly bucketName: string | undefined;
}

/** The binding of the masters' bucket in wrangler.toml. */
const mastersBinding = "MASTERS";

/** Reads the settings of the service, so that masters are put where it looks for them. Throws CommandFaults. */
export async function readServiceSettings(projectFolder: string): Promise<ServiceSettings> {
  const file = serviceFile(projectFolder);
  if (!existsSync(file)) throw new CommandFaults([`${file} is not there`]);
  try {
    const { unstable_readConfig: readConfig } = await import("wrangler");
    const { vars, r2_buckets: buckets } = readConfig({ config: file });
    const textOf = (name: string) => (typeof vars[name] === "string" ? vars[name].trim() : undefined);
    return {
      naming: { keyTemplate: textOf("KEY_TEMPLATE") ?? "{identifier}", pageSuffix: textOf("PAGE_SUFFIX") ?? "" },
      bucketName: buckets.find(({ binding }: { readonly binding: string }) => binding === mastersBinding)?.bucket_name,
    };
  } catch (error) {
    throw new CommandFaults([`${file} can't be read: ${error instanceof Error ? error.message : error}`]);
  }
}

/** Returns the path of the service's configuration. Never throws. */
export function serviceFile(projectFolder: string): string {
  return join(projectFolder, "wrangler.toml");
}
