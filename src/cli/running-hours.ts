import { administer } from "../bucket/administration.ts";
import type { Terminal } from "../node/terminal.ts";
import type { StatisticsSum } from "../statistics/report.ts";
import { parseRollUp } from "../statistics/roll-up.ts";
import { findService, type ServiceChoice } from "./purging.ts";

/** Which service is asked: its address is `base` unless it was said. */
export interface CountingService {
  readonly choice: ServiceChoice;
  readonly base: string;
}

/** Adds what is in no roll-up yet: the service has it. Returns why it is missing; undefined where it is there. */
export async function addRunning(
  sum: StatisticsSum,
  { choice: { to, state, service: address }, base }: CountingService,
  terminal: Terminal,
): Promise<string | undefined> {
  const choice = {
    ...(to === undefined ? {} : { to }),
    ...(state === undefined ? {} : { state }),
    ...(address === undefined ? {} : { service: address }),
  };
  const service = await findService(choice, terminal, async () => base);
  if ("faults" in service) return service.faults.join("; ");
  try {
    for (let next: string | undefined, isMore = true; isMore; ) {
      const path = next === undefined ? "stats" : `stats?before=${next}`;
      const answer = (await administer(service, path)) as {
        readonly hours: readonly unknown[];
        readonly next?: string;
      };
      for (const hour of answer.hours) sum.add(parseRollUp(JSON.stringify(hour)));
      next = answer.next;
      isMore = next !== undefined && sum.isWithin(next);
    }
    return undefined;
  } catch (error) {
    terminal.signal.throwIfAborted();
    return (error as Error).message.replace(/\.$/, "");
  }
}
