import { type BucketOptions, conversionOptions } from "../settings/options.ts";
import { listWords } from "../spelling.ts";
import { spellOption } from "./arguments.ts";
import type { ExportCommand, IngestCommand } from "./command.ts";

const remoteOptions = [
  "endpoint",
  "account",
  "bucket",
  "catalogueBucket",
  "derivativesBucket",
  "region",
  "service",
] as const;

/** Lists the options of an ingest that have no effect next to each other, a sentence each. */
export function ingestContradictions(given: IngestCommand["options"]): readonly string[] {
  const pixels = Object.keys(conversionOptions).filter((name) => name !== "repack");
  return [
    ...(given.repack === true ? withoutEffect(given, pixels, "with --repack") : []),
    ...(given.compression === "deflate" ? withoutEffect(given, ["quality"], "on deflate") : []),
    ...bucketContradictions(given),
  ];
}

/** Lists the options that name buckets and have no effect next to each other, a sentence each. */
export function bucketContradictions(given: BucketOptions, placeOption = "--to"): readonly string[] {
  return [
    ...(given.to === "local" ? withoutEffect(given, remoteOptions, `with ${placeOption} local`) : []),
    ...(given.to === "remote" ? withoutEffect(given, ["state"], `with ${placeOption} remote`) : []),
  ];
}

/** Lists what is lacking or has no effect among the arguments of an export, a sentence each. */
export function* exportContradictions({ sources, options }: ExportCommand): Generator<string, undefined> {
  const { to, from, object, api } = options;
  if (to === undefined) yield "--to is missing: a folder, a ZIP file or r2:BUCKET/PREFIX";
  if (from === undefined && sources.length === 0) yield "no file or folder is named, and no bucket by --from";
  if (object !== undefined && sources.length > 0) yield "identifiers have no effect with --object";
  const ofService = ["object", "manifests", "state", "bucket", "catalogueBucket"] as const;
  const ofStorage = to?.startsWith("r2:") === true ? [] : (["account", "endpoint", "region"] as const);
  if (from === undefined) yield* withoutEffect(options, [...ofService, ...ofStorage], "without --from");
  if (options.manifests === true && api === "2") yield "--manifests needs --api 3 or --api both";
  if (options.delete === true && to?.toLowerCase().endsWith(".zip")) yield "--delete has no effect on a ZIP file";
}

function withoutEffect(given: object, names: readonly string[], why: string): readonly string[] {
  const found = names.filter((name) => Object.hasOwn(given, name)).map(spellOption);
  return found.length > 0 ? [`${listWords(found, "and")} ${found.length > 1 ? "have" : "has"} no effect ${why}`] : [];
}
