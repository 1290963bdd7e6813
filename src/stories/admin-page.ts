import { withDeadline } from "../budget/deadline.ts";
import { ImageError } from "../error.ts";
import { asImageError } from "../http/errors.ts";
import { respondAdminPage } from "../http/respond.ts";
import { mostPurgedImages } from "../limits.ts";
import { type PurgeOrder, readPurgeOrder } from "../operation/purge-order.ts";
import { type Administration, formatAdminPage } from "../pages/admin-page.tsx";
import type { PurgeNotice } from "../pages/purge-box.tsx";
import type { Services } from "../services.ts";
import { isEnded } from "../task/progress.ts";
import type { Visit } from "../visit.ts";
import { findHealthReport } from "./health.ts";
import { readLastDay } from "./last-day.ts";
import { type PurgeVisit, purge } from "./purge.ts";
import { siteOf } from "./site.ts";
import { readStorageState } from "./storage-walk.ts";
import { askJobs } from "./tasks.ts";

/** How long the ledger may take for an answer, in seconds. */
const ledgerSeconds = 5;

/** Actions that are shown. */
const mostActions = 20;

/** Who looks at the page. */
export interface AdminVisit {
  readonly request: Request;
  readonly visit: Visit;
  readonly operator: string;
  /** Whether a session lets in, which can be ended. */
  readonly isSignedIn: boolean;
}

/** How long all reads of what was counted may take, in seconds: the page says then that it can't be read now. */
const countsSeconds = 20;

/** Answers the page for who administers the service. What can't be read now is said to be so. */
export async function answerAdminPage(
  services: Services,
  { request, visit, operator, isSignedIn }: AdminVisit,
  purged?: PurgeNotice,
): Promise<Response> {
  const { ledger, clock, budget } = services;
  const asked = <T>(what: string, work: () => Promise<T>): Promise<T | undefined> =>
    work().catch((cause: unknown) => {
      const { code, detail, message } = asImageError(cause);
      visit.log({ level: "error", message: "a part of the page can't be read", what, code, detail, cause: message });
      return undefined;
    });
  const ofLedger = <T>(work: () => Promise<T>): Promise<T> => withDeadline(clock, ledgerSeconds, work);
  const [health, day, waitingTags, tasks, actions, storage] = await Promise.all([
    findHealthReport(services, { request, visit }),
    asked("requests", () => withDeadline(clock, countsSeconds, () => readLastDay(services, visit))),
    asked("purges", async () => (ledger === undefined ? 0 : ofLedger(() => ledger().waiting()))),
    asked("tasks", () => runningTasks(services)),
    asked("actions", async () => (ledger === undefined ? [] : ofLedger(() => ledger().latest(mostActions)))),
    asked("storage", () => readStorageState(services)),
  ]);
  const shown: Administration = {
    ...{ operator, isSignedIn, health, waitingTags, tasks, actions, storage, purged },
    lastDay: day,
    memory: { lentBytes: budget.lentBytes(), waiting: budget.waiting },
  };
  const status = purged?.kind === "refused" ? 400 : 200;
  return respondAdminPage(formatAdminPage(siteOf(services, request), shown), status);
}

/** Of the latest tasks, those that have not ended. */
async function runningTasks(services: Services): Promise<Administration["tasks"]> {
  if (services.tasks === undefined) return "none";
  const { tasks } = await withDeadline(services.clock, ledgerSeconds, () =>
    askJobs(services, (door) => door.list(undefined)),
  );
  return tasks.filter(({ state }) => !isEnded(state));
}

/** Purges what a form asks for, and answers the page with what was done. */
export async function answerPurgeForm(
  services: Services,
  form: Readonly<Record<string, string>>,
  asked: AdminVisit & PurgeVisit,
): Promise<Response> {
  return answerAdminPage(services, asked, await purgeByForm(services, form, asked));
}

async function purgeByForm(
  services: Services,
  form: Readonly<Record<string, string>>,
  asked: PurgeVisit,
): Promise<PurgeNotice> {
  try {
    const { next, ...answer } = await purge(services, readOrder(form), asked);
    return { kind: "purged", ...answer, next: next && JSON.stringify(next) };
  } catch (error) {
    if (!(error instanceof ImageError) || error.status >= 500) throw error;
    return { kind: "refused", reason: error.message };
  }
}

/** Returns the order that the fields of a form give. Throws `body-malformed`, for people. */
function readOrder({ order, kind = "", name = "", sure }: Readonly<Record<string, string>>): PurgeOrder {
  if (order !== undefined) return readPurgeOrder(parseOrder(order));
  const lines = name.split(/\r?\n/).filter((line) => line.trim() !== "");
  if (kind === "everything") {
    if (sure !== "yes") throw wrong("Everything is purged only where the box says that you mean it.");
    return readPurgeOrder({ kind });
  }
  const [first, second] = lines;
  if (first === undefined) throw wrong("No name is given.");
  if (kind === "images" && lines.length > mostPurgedImages) {
    throw wrong(`${lines.length} identifiers are given, and ${mostPurgedImages} images are purged at a time.`);
  }
  if (kind === "images") return readPurgeOrder({ kind, identifiers: lines });
  if (second !== undefined) throw wrong("One name is taken at a time, but for images.");
  return readPurgeOrder(kind === "prefix" ? { kind, prefix: first } : { kind, key: first });
}

function parseOrder(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ImageError("body-malformed", "The order is not JSON.", { cause });
  }
}

function wrong(sentence: string): ImageError {
  return new ImageError("body-malformed", sentence);
}
