import type { Terminal } from "../node/terminal.ts";
import { ConfigurationFaults } from "../settings/command-faults.ts";
import { type IngestConfig, readIngestConfig } from "../settings/ingest-config.ts";

/** A configuration as far as it can be relied on. */
export interface ReadableConfiguration {
  readonly config: IngestConfig;
  /**
   * Whether the values of options are known, those of the command line counted. Where one is not, for the configuration
   * gives it wrongly, nothing that follows from it is a fault: it would be a second one for the same mistake.
   */
  readonly isSure: (names: readonly string[]) => boolean;
}

/** Reads the configuration of a command; adds to `faults` everything that is wrong with it. */
export async function readConfiguration(
  given: { readonly config?: string },
  { folder }: Pick<Terminal, "folder">,
  faults: string[],
): Promise<ReadableConfiguration> {
  try {
    return { config: await readIngestConfig(folder, given.config), isSure: () => true };
  } catch (error) {
    if (!(error instanceof ConfigurationFaults)) throw error;
    faults.push(...error.faults);
    const isSure = (names: readonly string[]): boolean =>
      names.every((name) => Object.hasOwn(given, name) || error.wrong?.has(name) === false);
    return { config: error.values, isSure };
  }
}
