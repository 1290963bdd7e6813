import { readItemsAtOnce } from "../src/batch/items-at-once.ts";
import { readLargeAbove } from "../src/batch/large-above.ts";
import { defaultVariables, type VariableName } from "../src/config.ts";
import { ImageError } from "../src/error.ts";
import { suggest } from "../src/settings/values.ts";
import { jobsPlacesOf, type StatedJobs } from "./jobs-setup.ts";
import { SetupFailed } from "./remote-setup.ts";
import type { StatedDatabase, StatedSettings } from "./settings-faults.ts";

/** What both Workers have to be told alike. */
const shared: readonly VariableName[] = [
  ...([
    "PREFIX",
    "KEY_TEMPLATE",
    "PAGE_SUFFIX",
    "MAX_WIDTH",
    "MAX_HEIGHT",
    "MAX_AREA",
    "JURISDICTION",
    "ORIGINS",
  ] as const),
  ...(["JPEG_QUALITY", "COLOR_PROFILE", "KEEP_METADATA"] as const),
];

/** Queues of what was given up are called so: by it the Worker tells them apart. */
const deadEnding = "-dead";

const sharedBuckets = ["MASTERS", "CATALOGUE"] as const;

/** The two Wrangler files, as far as they depend on each other. */
export interface StatedWorkers {
  readonly images: StatedSettings & { readonly name?: string | undefined };
  readonly jobs: StatedJobs & {
    readonly d1_databases?: readonly StatedDatabase[] | undefined;
    readonly durable_objects?:
      | { readonly bindings: readonly { readonly name: string; readonly script_name?: string | undefined }[] }
      | undefined;
    readonly services?: readonly { readonly binding: string; readonly service: string }[] | undefined;
  };
  /** What messages call the file of the Worker of jobs. */
  readonly file: string;
}

/** Returns all that is wrong with the settings of the Worker of jobs next to those of images, a sentence each without a full stop. */
export function findJobsFaults({ images, jobs, file }: StatedWorkers): readonly string[] {
  const known = [...Object.keys(defaultVariables), "LARGE_ABOVE_MEGAPIXELS", "ITEMS_AT_ONCE"];
  const unknown = Object.keys(jobs.vars).filter((name) => !known.includes(name));
  const service = jobs.services?.find(({ binding }) => binding === "IMAGES")?.service;
  return [
    ...placeFaults(jobs, file),
    ...ownFaults(jobs, file),
    ...unknown.map((name) => `${file}: ${name} is not a variable of the service${suggest(name, known)}`),
    ...shared.flatMap((name) => {
      const [own, other] = [jobs.vars, images.vars].map((vars) => formatValue(vars[name] ?? defaultVariables[name]));
      return own === other ? [] : [`${name} is ${own} in ${file} and ${other} in wrangler.toml`];
    }),
    ...sharedBuckets.flatMap((binding) => {
      const [own, other] = [jobs, images].map(({ r2_buckets: all }) =>
        all.find((bucket) => bucket.binding === binding),
      );
      const isSame = own?.bucket_name === other?.bucket_name && own?.jurisdiction === other?.jurisdiction;
      return isSame ? [] : [`the bucket ${binding} of ${file} is not that of wrangler.toml`];
    }),
    ...searchFaults({ images, jobs, file }),
    ...ledgerFaults({ images, jobs, file }),
    ...(service === images.name
      ? []
      : [`the service IMAGES of ${file} is not ${images.name}, as wrangler.toml calls it`]),
  ];
}

/** A number or truth value of the same spelling is the same; a list is one, however it is written. */
function formatValue(value: unknown): string {
  return JSON.stringify(typeof value === "object" ? value : String(value));
}

/** Its own variables are read as it reads them. */
function ownFaults({ vars }: StatedJobs, file: string): readonly string[] {
  const reads = [() => readLargeAbove(vars.LARGE_ABOVE_MEGAPIXELS), () => readItemsAtOnce(vars.ITEMS_AT_ONCE)];
  return reads.flatMap((read) => {
    try {
      read();
      return [];
    } catch (error) {
      if (!(error instanceof ImageError)) throw error;
      return [`${file}: ${error.detail}`];
    }
  });
}

/** The Worker of jobs may do without a search, and has no other than that of images. */
function searchFaults({ images, jobs, file }: StatedWorkers): readonly string[] {
  const [own, other] = [jobs, images].map(({ d1_databases: all }) => all?.find(({ binding }) => binding === "SEARCH"));
  const isSame = own === undefined || (other !== undefined && own.database_name === other.database_name);
  return isSame ? [] : [`the database SEARCH of ${file} is not that of wrangler.toml`];
}

/** Purges go by the ledger of the Worker of images; dead letters are told by the name of their queue. */
function ledgerFaults({ images, jobs, file }: StatedWorkers): readonly string[] {
  const script = jobs.durable_objects?.bindings.find(({ name }) => name === "LEDGER")?.script_name;
  const dead = (jobs.queues?.consumers ?? []).flatMap(({ dead_letter_queue: queue }) => queue ?? []);
  return [
    ...(script === images.name
      ? []
      : [`the script_name of LEDGER in ${file} is not ${images.name}, as wrangler.toml calls it`]),
    ...dead
      .filter((queue) => !queue.endsWith(deadEnding))
      .map((queue) => `the dead letter queue ${queue} of ${file} does not end in ${deadEnding}`),
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
