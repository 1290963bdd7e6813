import { AdministrationError, administer } from "../bucket/administration.ts";
import type { Terminal } from "../node/terminal.ts";
import type { StatisticsSum } from "../statistics/report.ts";
import { parseRollUp, type RollUp } from "../statistics/roll-up.ts";
import { findService, type ServiceChoice } from "./purging.ts";

/** Which service is asked: its address is `base` unless it was said. */
export interface CountingService {
  readonly choice: ServiceChoice;
  readonly base: string;
}

/** Adds what is in no roll-up yet: the service has it. Returns why it is missing; undefined where it is there. */
export async function addRunning(
  sum: StatisticsSum,
  { choice, base }: CountingService,
  terminal: Terminal,
): Promise<string | undefined> {
  const service = await findService(choice, terminal, async () => base);
  if ("faults" in service) return service.faults.join("; ");
  try {
    for (let next: string | undefined, isMore = true; isMore; ) {
      const path = next === undefined ? "stats" : `stats?before=${next}`;
      const answer = (await administer(service, path)) as {
        readonly hours: readonly unknown[];
        readonly next?: string;
      };
      for (const hour of answer.hours) sum.add(readHour(hour, service.url));
      if (next !== undefined && answer.next !== undefined && answer.next >= next) {
        throw new AdministrationError(`${service.url} tells the same hours over and over.`);
      }
      next = answer.next;
      isMore = next !== undefined && sum.isWithin(next);
    }
    return undefined;
  } catch (error) {
    terminal.signal.throwIfAborted();
    if (!(error instanceof AdministrationError)) throw error;
    return error.message.replace(/\.$/, "");
  }
}

function readHour(hour: unknown, url: string): RollUp {
  try {
    return parseRollUp(JSON.stringify(hour));
  } catch (error) {
    throw new AdministrationError(`${url} tells an hour that can't be read: ${(error as Error).message}.`);
  }
}
