import * as oauth from "oauth4webapi";
import { ImageError } from "../error.ts";

/** What a provider may have said wrongly, by the code of who checks it: what follows "What the provider says". */
const refusals: ReadonlyMap<string, string> = new Map([
  [oauth.JWT_TIMESTAMP_CHECK, "is too old, or of a time to come by more than a minute"],
  [oauth.JWT_CLAIM_COMPARISON, "is for another login, or another service"],
  [oauth.KEY_SELECTION, "is signed with a key that it has not published"],
  [oauth.INVALID_RESPONSE, "does not belong to this login, or is not signed by it"],
  [oauth.JSON_ATTRIBUTE_COMPARISON, "is of somebody else, or of another provider"],
]);

/**
 * Returns why a login did not come to its end: `login-refused` where somebody, or what he brought, was refused, and
 * `login-unavailable` where the provider can't be asked, or does not know this service. What was shown stands in neither.
 */
export function loginFailure(cause: unknown): ImageError {
  if (cause instanceof ImageError) return cause;
  if (cause instanceof oauth.AuthorizationResponseError)
    return refused(`The provider did not let you in: ${nameOf(cause.error)}.`, cause);
  if (cause instanceof oauth.ResponseBodyError && cause.error === "invalid_grant")
    return refused("This login was ended before, or too long ago. Sign in again.", cause);
  const code = cause instanceof oauth.OperationProcessingError ? cause.code : undefined;
  const why = code === undefined ? undefined : refusals.get(code);
  if (why !== undefined) return refused(`What the provider says ${why}. Sign in again.`, cause);
  const detail = cause instanceof oauth.ResponseBodyError ? `the provider answers ${nameOf(cause.error)}` : undefined;
  return new ImageError("login-unavailable", "Where people sign in does not answer as it should.", {
    hint: "Try again in a moment.",
    ...(detail === undefined ? {} : { detail }),
    // Some of these errors hold the answer: codes and tokens stay out of the log.
    cause: describe(cause),
  });
}

function refused(message: string, cause: unknown): ImageError {
  return new ImageError("login-refused", message, { cause: describe(cause) });
}

/** Errors of the protocol are named by letters and underscores: anybody may have written this one. Source: RFC 6749 §4.1.2.1. */
function nameOf(error: string): string {
  return /^[a-z_]{1,40}$/.test(error) ? error : "for a reason that it does not name rightly";
}

function describe(cause: unknown): string {
  const { name, message } = cause instanceof Error ? cause : { name: "thrown", message: "" };
  const inner = cause instanceof Error && cause.cause instanceof Error ? `: ${cause.cause.message}` : "";
  return `${name}: ${message}${inner}`.slice(0, 300);
}
