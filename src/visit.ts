import type { Account } from "./account.ts";
import type { Patience } from "./budget/lease.ts";

/** What a request carries on its way through the service. */
export interface Visit {
  readonly account: Account;
  /** How long it waits for memory, and whether its client is still there. */
  readonly patience: Patience;
  /** The address that the request came from, as the platform states it. */
  readonly address?: string | undefined;
  /** Returns whether no other request is being answered now. */
  readonly isAlone: () => boolean;
  /** Lets work continue after the response. */
  readonly defer: (work: Promise<unknown>) => void;
  /** Writes one line to the log. */
  readonly log: (line: object) => void;
}
