/**
 * Says all that is wrong with the settings in wrangler.toml, or in the file that `--config` names, and with those of the Worker
 * of jobs next to them, in wrangler.jobs.toml or the file that `--jobs` names, and then ends with 2:
 * before a service is started or deployed that would answer every request with 500. `--deployed` also tells what is for this
 * machine alone.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { unstable_readConfig as readConfig } from "wrangler";
import { jobsFile } from "./jobs-binding.ts";
import { findJobsFaults } from "./jobs-faults.ts";
import { findSettingsFaults } from "./settings-faults.ts";

const { values } = parseArgs({
  options: {
    config: { type: "string", default: join(import.meta.dirname, "..", "wrangler.toml") },
    jobs: { type: "string", default: join(import.meta.dirname, "..", jobsFile) },
    deployed: { type: "boolean", default: false },
  },
});
const images = readConfig({ config: values.config });
const faults = [
  ...findSettingsFaults(images, values.config, { isDeployed: values.deployed }),
  ...findJobsFaults({ images, jobs: readConfig({ config: values.jobs }), file: jobsFile }),
];
for (const fault of faults) console.error(fault.endsWith("?") ? fault : `${fault}.`);
if (faults.length > 0) {
  console.error(`${values.config} has to be mended first; docs/configuration.md explains every variable.`);
  process.exitCode = 2;
}
