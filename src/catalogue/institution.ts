import * as v from "valibot";
import { defined } from "./defined.ts";
import { type LanguageMap, languageMapSchema } from "./language-map.ts";
import { type Link, type Provider, uriSchema } from "./link.ts";
import { readLink } from "./link-cell.ts";

/** A provider as an institution writes it down: its logo is the identifier of an image of the service. */
export interface ProviderSetting extends Omit<Provider, "logo" | "seeAlso"> {
  readonly logo?: string;
}

/** What an institution says once for all its objects. */
export interface Institution {
  /** By the keys that tables name. */
  readonly providers: ReadonlyMap<string, ProviderSetting>;
  /** The label of what the column attribution says. */
  readonly attributionLabel: LanguageMap;
  /** URIs that are accepted as rights next to those of Creative Commons and RightsStatements.org. */
  readonly otherRights: readonly string[];
}

/** Names of the keys that a configuration may have of it. */
export const institutionKeys = ["providers", "attributionLabel", "otherRights"] as const;

/** A text alone, one for each language, or several. */
const textSchema: v.GenericSchema<unknown, LanguageMap> = v.union([
  v.pipe(
    v.string(),
    v.minLength(1),
    v.transform((text): LanguageMap => ({ none: [text] })),
  ),
  languageMapSchema,
  v.pipe(
    v.record(v.string(), v.pipe(v.string(), v.minLength(1))),
    v.transform((texts): LanguageMap => Object.fromEntries(Object.entries(texts).map(([tag, text]) => [tag, [text]]))),
  ),
]);

const providerSchema = v.strictObject({
  uri: uriSchema,
  label: textSchema,
  homepage: v.exactOptional(v.string()),
  logo: v.exactOptional(v.pipe(v.string(), v.minLength(1))),
});

const institutionSchema = v.strictObject({
  providers: v.exactOptional(v.record(v.string(), providerSchema), {}),
  attributionLabel: v.exactOptional(textSchema, { en: ["Attribution"] }),
  otherRights: v.exactOptional(v.array(uriSchema), []),
});

/** Reads what a configuration says of the institution. Adds to `faults` everything that is wrong: `name` of a key and why. */
export function readInstitution(
  given: Readonly<Partial<Record<(typeof institutionKeys)[number], unknown>>>,
  faults: string[],
): Institution {
  const read = v.safeParse(institutionSchema, given);
  for (const issue of read.issues ?? []) {
    faults.push(`${v.getDotPath(issue) ?? "it"} is not as it should be: ${issue.message}`);
  }
  const { providers, attributionLabel, otherRights } = read.success ? read.output : v.parse(institutionSchema, {});
  const settings = Object.entries(providers).map(([key, { uri, label, homepage, logo }]) => {
    const link = homepage === undefined ? undefined : readHomepage(key, homepage, faults);
    return [key, defined<ProviderSetting>({ uri, label, homepage: link && [link], logo })] as const;
  });
  return { providers: new Map(settings), attributionLabel, otherRights };
}

function readHomepage(key: string, text: string, faults: string[]): Link | undefined {
  const link = readLink(text, "none");
  if (link === undefined) faults.push(`providers.${key}.homepage is no http or https URI, alone or as Label <URI>`);
  return link;
}
