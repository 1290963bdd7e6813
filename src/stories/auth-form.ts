import { readStatement, signStatement } from "../access/statement.ts";
import { ImageError } from "../error.ts";
import { randomText } from "../hmac.ts";
import { cookieOf, withCookie } from "../http/cookie.ts";
import { isForeignForm } from "../http/same-origin.ts";
import type { Services } from "../services.ts";

/** What a form does, by which somebody is let in. */
export interface AuthForm {
  readonly kind: "click" | "continue";
  /** Of the notice, or of the role. */
  readonly name: string;
  /** The site that he goes on to, if it is another one. */
  readonly origin?: string | undefined;
}

/** For how long a page may be looked at before its button is pressed, in seconds. */
const formSeconds = 3600;

/**
 * Makes what a form brings along, and the page with it: the browser keeps what the form is bound to, and sends it with forms
 * of this site alone. `page` makes the answer.
 */
export async function answerWithForm(
  services: Services,
  { request, form }: { readonly request: Request; readonly form: AuthForm },
  page: (ticket: string) => Response,
): Promise<Response> {
  const secret = secretOf(services);
  // Several windows may be open at once, also those that another site has opened.
  const kept = cookieOf(request, "tessera-form");
  const bound = kept !== undefined && /^[\w-]{22}$/.test(kept) ? kept : randomText(16);
  const expires = Math.floor(services.clock.now() / 1000) + formSeconds;
  const ticket = await signStatement("form/v1", { stated: { ...form, bound }, expires }, secret);
  const cookie = { name: "tessera-form", value: bound, seconds: formSeconds, sameSite: "Lax" } as const;
  return withCookie(page(ticket), request, cookie);
}

/**
 * Returns what a form does that was sent. Throws `login-refused` for one that another site sent, that was not made here, not
 * for this browser, for something else, or too long ago.
 */
export async function acceptForm(
  { config, clock }: Services,
  { request, ticket, kind }: { readonly request: Request; readonly ticket: string } & Pick<AuthForm, "kind">,
): Promise<AuthForm> {
  if (isForeignForm(request)) throw refused("This form was sent by another site.");
  const read = await readStatement("form/v1", ticket, { secrets: config.accessSecrets, now: clock.now() });
  if (read.kind === "refused" && read.why === "expired") throw refused("This form is too old. Open it again.");
  if (read.kind === "refused") throw refused("This form was not made by this service.");
  const { bound, ...form } = read.stated as AuthForm & { readonly bound: string };
  if (cookieOf(request, "tessera-form") !== bound) throw refused("This form was not made for this browser.");
  if (form.kind !== kind) throw refused("This form was made for something else.");
  return form;
}

/** Returns what is signed with. Throws `not-found` where there is nothing: then nobody is let in here. */
export function secretOf({ config }: Services): Services["config"]["accessSecrets"][number] {
  const [secret] = config.accessSecrets;
  if (secret === undefined)
    throw new ImageError("not-found", "Nobody is let in here: the service has no ACCESS_SECRET.");
  return secret;
}

function refused(message: string): ImageError {
  return new ImageError("login-refused", message);
}
