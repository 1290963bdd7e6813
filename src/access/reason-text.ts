import { listWords } from "../spelling.ts";
import type { Reason } from "./decide.ts";

/** Returns why not anybody sees something, to follow what it is called. What networks, notices and roles are called is not told. */
export function saidToAll(reason: Reason): string {
  switch (reason.kind) {
    case "closed":
      return "is closed";
    case "embargo":
      return `is under an embargo until ${reason.until}`;
    case "no-longer-open":
      return `has been closed since ${reason.since}`;
    case "signed":
      return "is shown at signed addresses alone";
    case "network":
      return "is shown in some networks alone, such as a reading room";
    case "click":
      return "is shown to those who accept its terms";
    case "role":
      return "is shown to those who sign in";
  }
}

/** Returns the same for those who run the service, with the names. */
export function saidWithNames(reason: Reason): string {
  if (!("names" in reason)) return saidToAll(reason);
  const names = listWords(reason.names, "or");
  switch (reason.kind) {
    case "network":
      return `is shown in the network ${names} alone`;
    case "click":
      return `is shown to those who accept the notice ${names}`;
    case "role":
      return `is shown to those who have the role ${names}`;
  }
}
