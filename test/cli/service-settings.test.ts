import { describe, expect, it } from "vitest";
import { CommandFaults } from "../../src/settings/command-faults.ts";
import { readServiceSettings } from "../../src/settings/service-settings.ts";
import { makeTestFolder } from "../support/masters.ts";
import { recordTerminal } from "../support/terminal.ts";

const folder = makeTestFolder();
const { terminal } = recordTerminal(folder.path("."));
const layConfig = (lines: readonly string[]) => folder.lay("wrangler.toml", ['name = "x"', ...lines].join("\n"));

const limits = { maxWidth: 20_000, maxHeight: 20_000, maxArea: 25_000_000 };
const settings = { jpegQuality: 85, colorProfile: "convert", keepMetadata: "copyright" };
const documents = { base: "", imagePrefix: "/iiif", limits };

describe("the settings of the service", () => {
  it("are those of wrangler.toml, with what counts where it is silent", async () => {
    await layConfig([
      ...["[vars]", 'KEY_TEMPLATE = " masters/{identifier} "'],
      ...["[[vars.ORIGINS]]", 'kind = "https"', 'prefix = "web/"', 'endpoint = "https://images.example.org"'],
      ...["[[r2_buckets]]", 'binding = "OTHER"', 'bucket_name = "other"'],
      ...["[[r2_buckets]]", 'binding = "MASTERS"', 'bucket_name = "atlas"'],
      ...["[[r2_buckets]]", 'binding = "CATALOGUE"', 'bucket_name = "cards"'],
      ...["[[r2_buckets]]", 'binding = "DERIVATIVES"', 'bucket_name = "pictures"'],
      ...["[[d1_databases]]", 'binding = "SEARCH"', 'database_name = "words"'],
    ]);
    expect(await readServiceSettings(folder.path("wrangler.toml"), terminal)).toEqual({
      ...documents,
      naming: { keyTemplate: "masters/{identifier}", pageSuffix: ";page=", elsewhere: ["web/"] },
      mastersBucket: "atlas",
      catalogueBucket: "cards",
      derivativesBucket: "pictures",
      masterTtlSeconds: 60,
      imageMaxAgeSeconds: 86_400,
      derivatives: { settings, limits, picturesPerMaster: 32 },
      searchDatabase: "words",
    });
    await layConfig(["[vars]", 'JPEG_QUALITY = "0"']);
    expect(await readServiceSettings(folder.path("wrangler.toml"), terminal)).toEqual({
      ...documents,
      naming: { keyTemplate: "{identifier}", pageSuffix: ";page=", elsewhere: [] },
      mastersBucket: undefined,
      catalogueBucket: undefined,
      derivativesBucket: undefined,
      masterTtlSeconds: 60,
      imageMaxAgeSeconds: 86_400,
      derivatives: { fault: 'JPEG_QUALITY is "0", not a whole number from 1 to 100' },
      searchDatabase: undefined,
    });
  });

  it("are a fault of the configuration where they can't be read or are not there", async () => {
    await layConfig(["[vars"]);
    await expect(readServiceSettings(folder.path("wrangler.toml"), terminal)).rejects.toThrow(CommandFaults);
    await expect(readServiceSettings(folder.path("nowhere/wrangler.toml"), terminal)).rejects.toThrow(CommandFaults);
  });
});
