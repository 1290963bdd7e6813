import { type BucketOptions, conversionOptions } from "../settings/options.ts";
import { listWords } from "../settings/values.ts";
import { type IngestCommand, spellOption } from "./command.ts";

const remoteOptions = ["endpoint", "account", "bucket", "catalogueBucket", "derivativesBucket", "region"] as const;

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

function withoutEffect(given: object, names: readonly string[], why: string): readonly string[] {
  const found = names.filter((name) => Object.hasOwn(given, name)).map(spellOption);
  return found.length > 0 ? [`${listWords(found, "and")} ${found.length > 1 ? "have" : "has"} no effect ${why}`] : [];
}
