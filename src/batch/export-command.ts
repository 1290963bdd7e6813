import { quoteWord } from "../shell-word.ts";
import type { ExportChoices } from "../task/kinds.ts";

/** The bucket EXPORTS, as wrangler.jobs.toml calls it where nobody has changed that. */
const usualBucket = "tessera-exports";

/** Returns the command that exports an image as a task would, into the usual bucket. */
export function exportCommand(identifier: string, choices: ExportChoices): string {
  const { base, to = "", api = 3, tile, quality, thumbs, "also-rounded": isAlsoRounded = false } = choices;
  const includesRestricted = choices["include-restricted"] === true;
  const words = [
    ...["tessera", "export", identifier, "--from", "remote", "--to", `r2:${usualBucket}/${to}`, "--base", base],
    ...(api === 3 ? [] : ["--api", String(api)]),
    ...(tile === undefined ? [] : ["--tile", String(tile)]),
    ...(quality === undefined ? [] : ["--quality", String(quality)]),
    ...(thumbs === undefined ? [] : ["--thumbs", thumbs.join(",")]),
    ...(isAlsoRounded ? ["--also-rounded"] : []),
    ...(includesRestricted ? ["--include-restricted"] : []),
  ];
  return words.map(quoteWord).join(" ");
}
