import { resolve } from "node:path";
import { type AdministeredService, administer } from "../bucket/administration.ts";
import { mostPurgedImages } from "../limits.ts";
import { findServer } from "../node/server-address.ts";
import type { Terminal } from "../node/terminal.ts";
import type { PurgeAnswer } from "../operation/purge-answer.ts";
import type { PurgeOrder } from "../operation/purge-order.ts";
import { CommandFaults } from "../settings/command-faults.ts";
import type { PurgeOptions } from "../settings/options.ts";
import { readServiceSettings } from "../settings/service-settings.ts";
import type { PurgeCommand } from "./command.ts";
import { count } from "./count.ts";
import { exitStatus } from "./exit-status.ts";

/** Carries `tessera purge` out and returns the exit status. Throws CommandFaults and AdministrationError. */
export async function purge({ identifiers, options }: PurgeCommand, terminal: Terminal): Promise<number> {
  const service = await chooseService(options, terminal);
  const answers: PurgeAnswer[] = [];
  for (const first of ordersOf(identifiers, options)) {
    for (let order: PurgeOrder | undefined = first; order !== undefined; order = answers.at(-1)?.next) {
      answers.push((await administer(service, "purge", order)) as PurgeAnswer);
      terminal.show(`${sum(answers, ({ images }) => images)} images`);
    }
  }
  terminal.show("");
  const report = summarise(answers);
  terminal.print(options.json === true ? JSON.stringify(report, undefined, 2).split("\n") : describe(report));
  return report.workersCache.state === "refused" ? exitStatus.failed : exitStatus.well;
}

/** The service of npm start is noted beside its buckets; a remote one is named by its address, and its secret by the environment. */
async function chooseService(options: PurgeOptions, terminal: Terminal): Promise<AdministeredService> {
  const { service: places, folder, environment, signal } = terminal;
  if (options.to === "local") {
    const stateFolder = options.state === undefined ? places.stateFolder : resolve(folder, options.state);
    const server = await findServer(stateFolder);
    if (server === undefined) throw new CommandFaults(["No service is running. Start it with npm start"]);
    return { url: server.url, secret: server.adminSecret, signal };
  }
  const faults: string[] = [];
  const url = options.service ?? (await readServiceSettings(places.configFile, terminal)).base;
  const secret = environment.TESSERA_ADMIN_SECRET ?? "";
  if (url === "") faults.push("--service is missing, because BASE_URL of wrangler.toml is empty");
  if (secret === "") faults.push("TESSERA_ADMIN_SECRET is not set in the environment: the ADMIN_SECRET of the service");
  if (faults.length > 0) throw new CommandFaults(faults);
  return { url, secret, signal };
}

function ordersOf(identifiers: readonly string[], options: PurgeOptions): readonly PurgeOrder[] {
  const { object, collection, prefix } = options;
  if (object !== undefined) return [{ kind: "object", key: object }];
  if (collection !== undefined) return [{ kind: "collection", key: collection }];
  if (prefix !== undefined) return [{ kind: "prefix", prefix }];
  if (options.everything === true) return [{ kind: "everything" }];
  const count = Math.ceil(identifiers.length / mostPurgedImages);
  return Array.from({ length: count }, (_, at) => ({
    kind: "images",
    identifiers: identifiers.slice(at * mostPurgedImages, (at + 1) * mostPurgedImages),
  }));
}

/** All answers as one: the cache in front stands as the last of them says, and refused if one was. */
function summarise(answers: readonly PurgeAnswer[]): Omit<PurgeAnswer, "next"> {
  const last = (answers.find(({ workersCache }) => workersCache.state === "refused") ?? answers.at(-1))?.workersCache;
  return {
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

function describe({ images, workersCache, dataCentre, derivatives }: Omit<PurgeAnswer, "next">): readonly string[] {
  const { state, tags, waiting, reason } = workersCache;
  const front = {
    purged: `${count(tags, "tag")} purged`,
    waiting: `${waiting} tags wait for the next calls that the platform takes; they are purged without you`,
    absent: "there is none here",
    refused: `refused (${reason}); ${waiting > 0 ? `${waiting} tags wait and are purged without you` : "run the same command again"}`,
  }[state];
  return [
    `Purged: ${count(images, "image")}; ${count(derivatives.pictures, "picture")} and ${count(derivatives.indexes, "index", "indexes")} removed`,
    `Cache in front of the Worker: ${front}`,
    ...(dataCentre.left > 0
      ? [`${dataCentre.left} entries of the Cache API could not be removed; they lapse by themselves`]
      : []),
  ];
}
