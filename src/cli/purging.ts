import { resolve } from "node:path";
import { type AdministeredService, administer } from "../bucket/administration.ts";
import { mostPurgedImages } from "../limits.ts";
import { findServer } from "../node/server-address.ts";
import type { Terminal } from "../node/terminal.ts";
import type { PurgeAnswer } from "../operation/purge-answer.ts";
import type { PurgeOrder } from "../operation/purge-order.ts";
import { readServiceSettings } from "../settings/service-settings.ts";
import { count } from "./count.ts";

/** What all answers say together. */
export type PurgeReport = Omit<PurgeAnswer, "next">;

/** Which service is purged, as far as it was said. */
export interface ServiceChoice {
  readonly to?: "local" | "remote";
  readonly state?: string;
  readonly service?: string;
}

/** Returns a service that can be administered, or why there is none: sentences without a full stop. */
export async function findService(
  { to, state, service: named }: ServiceChoice,
  terminal: Terminal,
  readBase = async () => (await readServiceSettings(terminal.service.configFile, terminal)).base,
): Promise<AdministeredService | { readonly faults: readonly string[] }> {
  const { service: places, folder, environment, signal } = terminal;
  // The service of npm start is noted beside its buckets; a remote one is named by its address, and its secret by the environment.
  if (to === "local") {
    const server = await findServer(state === undefined ? places.stateFolder : resolve(folder, state));
    if (server === undefined) return { faults: ["No service is running. Start it with npm start"] };
    return { url: server.url, secret: server.adminSecret, signal };
  }
  const faults: string[] = [];
  const url = named ?? (await readBase());
  const secret = environment.TESSERA_ADMIN_SECRET ?? "";
  if (url === "") faults.push("--service is missing, because BASE_URL of wrangler.toml is empty");
  if (secret === "") faults.push("TESSERA_ADMIN_SECRET is not set in the environment: the ADMIN_SECRET of the service");
  return faults.length > 0 ? { faults } : { url, secret, signal };
}

/** Returns the orders that purge images, as many in each as one takes. */
export function imageOrders(identifiers: readonly string[]): readonly PurgeOrder[] {
  const calls = Math.ceil(identifiers.length / mostPurgedImages);
  return Array.from({ length: calls }, (_, at) => ({
    kind: "images",
    identifiers: identifiers.slice(at * mostPurgedImages, (at + 1) * mostPurgedImages),
  }));
}

/**
 * Gives a service orders, and those that go on with them, and returns what all its answers say. Throws
 * AdministrationError, and the signal's reason once it is aborted.
 */
export async function purgeAll(
  service: AdministeredService,
  orders: readonly PurgeOrder[],
  onProgress: (images: number) => void = () => {},
): Promise<PurgeReport> {
  const answers: PurgeAnswer[] = [];
  for (const first of orders) {
    for (let order: PurgeOrder | undefined = first; order !== undefined; order = answers.at(-1)?.next) {
      answers.push((await administer(service, "purge", order)) as PurgeAnswer);
      onProgress(sum(answers, ({ images }) => images));
    }
  }
  return summarise(answers);
}

/** All answers as one: the cache in front stands as the last of them says, and refused if one was. */
function summarise(answers: readonly PurgeAnswer[]): PurgeReport {
  const last = (answers.find(({ workersCache }) => workersCache.state === "refused") ?? answers.at(-1))?.workersCache;
  return {
    ...(answers.some(({ dryRun }) => dryRun) && { dryRun: true }),
    images: sum(answers, ({ images }) => images),
    workersCache: {
      ...(last ?? { state: "absent", waiting: 0 }),
      tags: sum(answers, ({ workersCache }) => workersCache.tags),
    },
    dataCentre: { left: sum(answers, ({ dataCentre }) => dataCentre.left) },
    derivatives: {
      pictures: sum(answers, ({ derivatives }) => derivatives.pictures),
      indexes: sum(answers, ({ derivatives }) => derivatives.indexes),
    },
  };
}

function sum(answers: readonly PurgeAnswer[], numberOf: (answer: PurgeAnswer) => number): number {
  return answers.reduce((total, answer) => total + numberOf(answer), 0);
}

/** Formats what was purged for a person, as lines. */
export function describePurge({
  dryRun,
  images,
  workersCache,
  dataCentre,
  derivatives,
}: PurgeReport): readonly string[] {
  const { state, tags, waiting, reason } = workersCache;
  const front = {
    purged: `${count(tags, "tag")} purged`,
    waiting: `${waiting} tags wait for the next calls that the platform takes; they are purged automatically`,
    absent: "there is none here",
    untouched: `${count(tags, "tag")} would be purged, where there is one`,
    refused: `refused (${reason}); ${waiting > 0 ? `${waiting} tags wait and are purged automatically` : "run the same command again"}`,
  }[state];
  const kept = `${count(derivatives.pictures, "picture")} and ${count(derivatives.indexes, "index", "indexes")}`;
  return [
    dryRun === true
      ? `Would purge: ${count(images, "image")}; ${kept} would be removed`
      : `Purged: ${count(images, "image")}; ${kept} removed`,
    `Cache in front of the Worker: ${front}`,
    ...(dataCentre.left > 0
      ? [`${dataCentre.left} entries of the Cache API could not be removed; they lapse by themselves`]
      : []),
  ];
}
