import { resolve } from "node:path";
import { UnreachableError } from "../bucket/public-request.ts";
import { type ChosenImage, chosenImages } from "../job/chosen-images.ts";
import { type WarmedImage, type WarmFailure, warmImages } from "../job/warm.ts";
import { formatMegabytes } from "../node/megabytes.ts";
import { findServer } from "../node/server-address.ts";
import type { Terminal } from "../node/terminal.ts";
import { CommandFaults } from "../settings/command-faults.ts";
import type { WarmOptions } from "../settings/operation-options.ts";
import { readServiceSettings, type ServiceSettings } from "../settings/service-settings.ts";
import { quoteWord } from "../shell-word.ts";
import { choiceOf } from "./choice-commands.ts";
import { openBuckets } from "./choose-buckets.ts";
import type { WarmCommand } from "./command.ts";
import { count } from "./count.ts";
import { exitStatus } from "./exit-status.ts";
import { formatJson } from "./report-json.ts";

/** Failures that are told one by one; more are only counted. */
const mostFailuresTold = 100;

const usualJobs = 4;

/** What came of all images. */
interface WarmTotals {
  images: number;
  drawn: number;
  kept: number;
  copied: number;
  bytes: number;
  failed: number;
  /** Images that are not shown to all, and left out. */
  restricted: number;
  readonly failures: WarmFailure[];
  /** The last image that was asked for, all before it included. */
  last: string | undefined;
}

/** Carries `tessera warm` out and returns the exit status. Throws CommandFaults and BucketError. */
export async function warm({ identifiers, options }: WarmCommand, terminal: Terminal): Promise<number> {
  const found = await findImages(identifiers, options, terminal);
  const totals: WarmTotals = {
    images: 0,
    drawn: 0,
    kept: 0,
    copied: 0,
    bytes: 0,
    failed: 0,
    restricted: 0,
    failures: [],
    last: undefined,
  };
  const skipping = { isOver: options.after === undefined };
  const images = namesOf(found.images, options.after, skipping);
  try {
    if (options.dryRun === true) return await listImages(images, terminal);
    const base = await chooseBase(options, found.service, terminal);
    const { imagePrefix, limits } = found.service;
    const { sizes, formats = ["jpg"], jobs = usualJobs } = options;
    const order = { base, imagePrefix, limits, sizes, formats, jobs, signal: terminal.signal };
    const failure = await warmAll(warmImages(images, order), totals, terminal);
    terminal.show("");
    terminal.print(options.json === true ? formatJson(totals) : formatTotals(totals));
    if (failure !== undefined) terminal.say([failure, ...resumeOf(totals)]);
    if (terminal.signal.aborted) return exitStatus.stopped;
    if (!skipping.isOver) terminal.say([`${options.after} is not among the images that are meant.`]);
    else if (totals.images === 0) terminal.say(["No image is meant."]);
    return failure === undefined && totals.failed === 0 && totals.images > 0 ? exitStatus.well : exitStatus.failed;
  } finally {
    terminal.show("");
    await found.close();
  }
}

interface FoundImages {
  readonly images: Iterable<ChosenImage> | AsyncIterable<ChosenImage>;
  readonly service: ServiceSettings;
  readonly close: () => Promise<void>;
}

/** Images that are named need no bucket. */
async function findImages(
  identifiers: readonly string[],
  options: WarmOptions,
  terminal: Terminal,
): Promise<FoundImages> {
  const choice = choiceOf(options);
  if (choice === undefined) {
    const service = await readServiceSettings(terminal.service.configFile, terminal);
    const images = [...new Set(identifiers)].map((identifier) => ({ identifier }));
    return { images, service, close: async () => {} };
  }
  const asked = choice.kind === "prefix" ? (["masters"] as const) : (["catalogue"] as const);
  const { buckets, service } = await openBuckets(options, { terminal, asked });
  return { images: chosenImages({ buckets, naming: service.naming }, choice), service, close: buckets.close };
}

/** The service of npm start is noted beside its buckets; a remote one is named by its address. */
async function chooseBase(options: WarmOptions, { base }: ServiceSettings, terminal: Terminal): Promise<string> {
  if (options.to === "local") {
    const { service, folder } = terminal;
    const server = await findServer(options.state === undefined ? service.stateFolder : resolve(folder, options.state));
    if (server === undefined) throw new CommandFaults(["No service is running. Start it with npm start"]);
    return server.url;
  }
  const url = options.service ?? base;
  if (url === "") throw new CommandFaults(["--service is missing, because BASE_URL of wrangler.toml is empty"]);
  return url;
}

/** Leaves out what an earlier run has asked for. */
async function* namesOf(
  images: FoundImages["images"],
  after: string | undefined,
  skipping: { isOver: boolean },
): AsyncGenerator<string, undefined, undefined> {
  for await (const { identifier } of images) {
    if (skipping.isOver) yield identifier;
    else skipping.isOver = identifier === after;
  }
}

async function listImages(images: AsyncIterable<string>, terminal: Terminal): Promise<number> {
  let found = 0;
  for await (const identifier of images) {
    terminal.signal.throwIfAborted();
    if (terminal.unread.aborted) return exitStatus.stopped;
    terminal.print([identifier]);
    found += 1;
  }
  return found > 0 ? exitStatus.well : exitStatus.failed;
}

/** Returns why it ended before its end; undefined where it did not. */
async function warmAll(
  images: AsyncIterable<WarmedImage>,
  totals: WarmTotals,
  terminal: Terminal,
): Promise<string | undefined> {
  try {
    for await (const image of images) {
      addImage(totals, image);
      terminal.show(`${count(totals.images, "image")}: ${image.identifier}`);
    }
    return undefined;
  } catch (error) {
    if (terminal.signal.aborted) return "Stopped.";
    if (error instanceof UnreachableError) return error.message;
    throw error;
  }
}

function addImage(totals: WarmTotals, image: WarmedImage): void {
  totals.images += 1;
  for (const name of ["drawn", "kept", "copied", "bytes"] as const) totals[name] += image[name];
  if (image.isRestricted) totals.restricted += 1;
  totals.failed += image.failures.length;
  totals.failures.push(...image.failures.slice(0, Math.max(0, mostFailuresTold - totals.failures.length)));
  totals.last = image.identifier;
}

function resumeOf({ last }: WarmTotals): readonly string[] {
  return last === undefined ? [] : [`To go on, run the same command with --after ${quoteWord(last)}`];
}

function formatTotals({
  images,
  drawn,
  kept,
  copied,
  bytes,
  failed,
  restricted,
  failures,
}: WarmTotals): readonly string[] {
  const made = `${count(drawn, "picture")} drawn, ${kept} kept already, ${copied} copied from masters`;
  return [
    `Asked for ${count(images, "image")}: ${made}; ${formatMegabytes(bytes)} MB`,
    ...(restricted > 0 ? [`${count(restricted, "image")} left out, not shown to all`] : []),
    ...failures.map(({ url, status, code }) => `  ${status} ${code ?? "no-code"} ${url}`),
    ...(failed > failures.length
      ? [`  and ${failed - failures.length} more that were not answered with a picture`]
      : []),
  ];
}
