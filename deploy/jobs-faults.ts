import { defaultVariables, type VariableName } from "../src/config.ts";
import { suggest } from "../src/settings/values.ts";
import { jobsPlacesOf, type StatedJobs } from "./jobs-setup.ts";
import { SetupFailed } from "./remote-setup.ts";
import type { StatedSettings } from "./settings-faults.ts";

/** What both Workers have to be told alike. */
const shared: readonly VariableName[] = [
  ...(["PREFIX", "KEY_TEMPLATE", "PAGE_SUFFIX", "MAX_WIDTH", "MAX_HEIGHT", "MAX_AREA", "JURISDICTION"] as const),
  ...(["JPEG_QUALITY", "COLOR_PROFILE", "KEEP_METADATA"] as const),
];

const sharedBuckets = ["MASTERS", "CATALOGUE"] as const;

/** The two Wrangler files, as far as they depend on each other. */
export interface StatedWorkers {
  readonly images: StatedSettings & { readonly name?: string | undefined };
  readonly jobs: StatedJobs & {
    readonly services?: readonly { readonly binding: string; readonly service: string }[] | undefined;
  };
  /** What messages call the file of the Worker of jobs. */
  readonly file: string;
}

/** Returns all that is wrong with the settings of the Worker of jobs next to those of images, a sentence each without a full stop. */
export function findJobsFaults({ images, jobs, file }: StatedWorkers): readonly string[] {
  const known = Object.keys(defaultVariables);
  const unknown = Object.keys(jobs.vars).filter((name) => !known.includes(name));
  const service = jobs.services?.find(({ binding }) => binding === "IMAGES")?.service;
  return [
    ...placeFaults(jobs, file),
    ...unknown.map((name) => `${file}: ${name} is not a variable of the service${suggest(name, known)}`),
    ...shared.flatMap((name) => {
      const [own, other] = [jobs.vars, images.vars].map((vars) => String(vars[name] ?? defaultVariables[name]));
      return own === other
        ? []
        : [`${name} is ${JSON.stringify(own)} in ${file} and ${JSON.stringify(other)} in wrangler.toml`];
    }),
    ...sharedBuckets.flatMap((binding) => {
      const [own, other] = [jobs, images].map(({ r2_buckets: all }) =>
        all.find((bucket) => bucket.binding === binding),
      );
      const isSame = own?.bucket_name === other?.bucket_name && own?.jurisdiction === other?.jurisdiction;
      return isSame ? [] : [`the bucket ${binding} of ${file} is not that of wrangler.toml`];
    }),
    ...(service === images.name
      ? []
      : [`the service IMAGES of ${file} is not ${images.name}, as wrangler.toml calls it`]),
  ];
}

function placeFaults(jobs: StatedJobs, file: string): readonly string[] {
  try {
    jobsPlacesOf(jobs, file);
    return [];
  } catch (error) {
    if (!(error instanceof SetupFailed)) throw error;
    return [error.message.replace(/\.$/, "")];
  }
}
