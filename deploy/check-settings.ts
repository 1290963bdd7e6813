/**
 * Says all that is wrong with the settings in wrangler.toml, or in the file that `--config` names, and then ends with 2:
 * before a service is started or deployed that would answer every request with 500. `--deployed` also tells what is for this
 * machine alone.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { unstable_readConfig as readConfig } from "wrangler";
import { findSettingsFaults } from "./settings-faults.ts";

const { values } = parseArgs({
  options: {
    config: { type: "string", default: join(import.meta.dirname, "..", "wrangler.toml") },
    deployed: { type: "boolean", default: false },
  },
});
const faults = findSettingsFaults(readConfig({ config: values.config }), values.config, {
  isDeployed: values.deployed,
});
for (const fault of faults) console.error(fault.endsWith("?") ? fault : `${fault}.`);
if (faults.length > 0) {
  console.error(`${values.config} has to be mended first; docs/configuration.md explains every variable.`);
  process.exitCode = 2;
}
