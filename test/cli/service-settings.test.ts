import { describe, expect, it } from "vitest";
import { CommandFaults } from "../../src/settings/command-faults.ts";
import { readServiceSettings } from "../../src/settings/service-settings.ts";
import { makeTestFolder } from "../support/masters.ts";
import { recordTerminal } from "../support/terminal.ts";

const folder = makeTestFolder();
const { terminal } = recordTerminal(folder.path("."));
const layConfig = (lines: readonly string[]) => folder.lay("wrangler.toml", ['name = "x"', ...lines].join("\n"));

describe("the settings of the service", () => {
  it("are those of wrangler.toml, with what counts where it is silent", async () => {
    await layConfig([
      ...["[vars]", 'KEY_TEMPLATE = " masters/{identifier} "'],
      ...["[[r2_buckets]]", 'binding = "OTHER"', 'bucket_name = "other"'],
      ...["[[r2_buckets]]", 'binding = "MASTERS"', 'bucket_name = "atlas"'],
      ...["[[r2_buckets]]", 'binding = "CATALOGUE"', 'bucket_name = "cards"'],
    ]);
    expect(await readServiceSettings(folder.path("wrangler.toml"), terminal)).toEqual({
      naming: { keyTemplate: "masters/{identifier}", pageSuffix: "" },
      mastersBucket: "atlas",
      catalogueBucket: "cards",
    });
    await layConfig([]);
    expect(await readServiceSettings(folder.path("wrangler.toml"), terminal)).toEqual({
      naming: { keyTemplate: "{identifier}", pageSuffix: "" },
      mastersBucket: undefined,
      catalogueBucket: undefined,
    });
  });

  it("are a fault of the configuration where they can't be read or are not there", async () => {
    await layConfig(["[vars"]);
    await expect(readServiceSettings(folder.path("wrangler.toml"), terminal)).rejects.toThrow(CommandFaults);
    await expect(readServiceSettings(folder.path("nowhere/wrangler.toml"), terminal)).rejects.toThrow(CommandFaults);
  });
});
