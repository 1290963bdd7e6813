import { readStatement, signStatement } from "../access/statement.ts";
import { ImageError } from "../error.ts";
import { cookieOf, withCookie } from "../http/cookie.ts";
import type { Services } from "../services.ts";
import { secretOf } from "./auth-form.ts";

/** For how long somebody may be away at the provider where he signs in, in seconds. */
const loginSeconds = 600;

/** Has the browser keep what it is known by when it comes back from where somebody signs in. */
export async function keepLogin(
  services: Services,
  { request, begun }: { readonly request: Request; readonly begun: object },
  response: Response,
): Promise<Response> {
  const expires = Math.floor(services.clock.now() / 1000) + loginSeconds;
  const value = await signStatement("login/v1", { stated: begun, expires }, secretOf(services));
  return withCookie(response, request, { name: "tessera-login", value, seconds: loginSeconds, sameSite: "Lax" });
}

/** Returns what `keepLogin` had the browser keep. Throws `login-refused` where it shows nothing of the kind. */
export async function keptLogin({ config, clock }: Services, request: Request): Promise<unknown> {
  const shown = cookieOf(request, "tessera-login");
  if (shown === undefined)
    throw new ImageError(
      "login-refused",
      "This login was not begun in this browser, or has been ended. Sign in again.",
    );
  const read = await readStatement("login/v1", shown, { secrets: config.accessSecrets, now: clock.now() });
  if (read.kind === "stated") return read.stated;
  throw new ImageError(
    "login-refused",
    read.why === "expired"
      ? "This login took longer than ten minutes. Sign in again."
      : "This login was not begun here.",
  );
}

/** Has the browser forget it: a login ends once. */
export function forgetLogin(request: Request, response: Response): Response {
  return withCookie(response, request, { name: "tessera-login", value: "", seconds: 0, sameSite: "Lax" });
}
