import { withDeadline } from "../budget/deadline.ts";
import type { Services } from "../services.ts";
import type { Visit } from "../visit.ts";

/** Longest detail of a line in the ledger; the log has all of it. */
const mostCharacters = 2000;

/** How long writing it down may take, in seconds. */
const noteSeconds = 5;

/** What somebody did who administers the service. */
export interface Action {
  readonly visit: Visit;
  readonly operator: string;
  readonly action: string;
  readonly detail: object;
}

/** Writes an action down, in the log and in the ledger. It is done by then: a ledger that fails is a line in the log. */
export async function noteAction(
  { ledger, clock }: Services,
  { visit, operator, action, detail }: Action,
): Promise<void> {
  visit.log({ level: "info", message: "administered", operator, action, detail });
  if (ledger === undefined) return;
  const line = { at: clock.now(), operator, action, detail: JSON.stringify(detail).slice(0, mostCharacters) };
  try {
    await withDeadline(clock, noteSeconds, () => ledger().note(line));
  } catch (cause) {
    visit.log({ level: "error", message: "the ledger did not take a line", cause: String(cause) });
  }
}
