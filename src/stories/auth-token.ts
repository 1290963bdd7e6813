import { isViewerOrigin } from "../access/origin.ts";
import { authContext } from "../access/services.ts";
import { type Shown, signToken, type TokenReader, tokenSeconds, type Visitor } from "../access/visitor.ts";
import { randomText } from "../hmac.ts";
import { respondOwnJson, respondTokenPage } from "../http/auth-answers.ts";
import { baseOf } from "../http/base-uri.ts";
import { asImageError } from "../http/errors.ts";
import { formatTokenPage } from "../pages/token-page.ts";
import { rulesOf } from "../policies.ts";
import type { Services } from "../services.ts";
import type { Visit } from "../visit.ts";
import { visitorOf } from "./visitor.ts";

/** A request for a token. */
export interface TokenRequest {
  readonly request: Request;
  readonly visit: Visit;
  /** By which a viewer knows the answer; undefined for who reads the answer itself. */
  readonly messageId: string | undefined;
  /** Of the page that holds the viewer. */
  readonly origin: string | undefined;
}

/** Longest name of a message, in characters. */
const mostMessageCharacters = 512;

/**
 * Answers whoever was let in with a token for his viewer, in a page that tells it to the viewer's origin alone, and else with
 * the reason; where no viewer waits for a message, as JSON. A page is answered under 200, whatever it says. Source:
 * Authorization Flow 2.0 §4; Authentication 1.0 §2.3.
 */
export async function answerToken(services: Services, asked: TokenRequest): Promise<Response> {
  const { messageId, origin } = asked;
  const found = await findToken(services, asked);
  if (messageId === undefined) {
    const { message, status } = spell(found, undefined);
    return respondOwnJson(message, status);
  }
  const { message } = spell(found, messageId.slice(0, mostMessageCharacters));
  const scriptNonce = randomText(16);
  // Nothing is told to a page that does not say rightly where it is.
  const target = origin !== undefined && isViewerOrigin(origin) ? origin : undefined;
  return respondTokenPage(formatTokenPage({ message, target, scriptNonce }), scriptNonce);
}

/** The profiles of errors. Source: Authorization Flow 2.0 §4.5. */
type TokenFault = keyof typeof faultTexts;

/** A token, or why there is none. */
type FoundToken =
  | { readonly kind: "token"; readonly token: string; readonly seconds: number }
  | { readonly kind: "fault"; readonly fault: TokenFault };

const faultTexts = {
  invalidRequest: {
    former: "invalidRequest",
    status: 400,
    text: "The request for a token has to name the origin of the viewer, and a message of at most 512 characters.",
  },
  invalidOrigin: {
    former: "invalidOrigin",
    status: 403,
    text: "This site is not one that you went on to when you were let in, or that is given tokens here.",
  },
  missingAspect: {
    former: "missingCredentials",
    status: 401,
    text: "Nobody was let in, or the browser does not send along here what he was let in by.",
  },
  invalidAspect: {
    former: "invalidCredentials",
    status: 401,
    text: "What the browser sends along was not made here, or not for this.",
  },
  expiredAspect: { former: "invalidCredentials", status: 401, text: "You were let in too long ago." },
  unavailable: { former: "unavailable", status: 503, text: "No tokens are given now." },
} as const;

async function findToken(services: Services, asked: TokenRequest): Promise<FoundToken> {
  const { config, clock } = services;
  const { request, messageId = "", origin } = asked;
  const [secret] = config.accessSecrets;
  if (secret === undefined) return fault("unavailable");
  if (messageId.length > mostMessageCharacters) return fault("invalidRequest");
  if (origin === undefined ? asked.messageId !== undefined : !isViewerOrigin(origin)) return fault("invalidRequest");
  const shown = await visitorOf(services, request);
  const found = await findReader(services, asked, shown);
  if (found.kind === "fault") return found;
  if (shown.kind !== "known") return unknownVisitor(shown);
  const now = clock.now();
  const seconds = Math.min(tokenSeconds, shown.who.until - Math.floor(now / 1000));
  return { kind: "token", seconds, token: await signToken(shown.who, { reader: found.reader, secret, now }) };
}

/** Whom a token is for, or why there is none. */
type FoundReader =
  | { readonly kind: "reader"; readonly reader: TokenReader }
  | Extract<FoundToken, { readonly kind: "fault" }>;

/**
 * A page of any site can put this service into a frame, and its user's browser then says who he is: he has to have been sent
 * from there to be let in, and have gone on to it, and it is told of nothing else that he is or has accepted. Sites that the
 * rules name are trusted with all of it. Origins are compared as they are.
 */
async function findReader(
  services: Services,
  { request, visit, origin }: TokenRequest,
  shown: Shown<Visitor>,
): Promise<FoundReader> {
  const own = [new URL(request.url).origin, baseOf({ config: services.config, request })];
  const trusted: FoundReader = { kind: "reader", reader: "own" };
  if (origin === undefined || own.includes(origin)) return trusted;
  try {
    const { origins } = await rulesOf(services.policies, visit);
    if (origins.length > 0) return origins.includes(origin) ? trusted : fault("invalidOrigin");
  } catch (thrown) {
    const { code, detail } = asImageError(thrown);
    visit.log({ level: "error", code, detail });
    return fault("unavailable");
  }
  if (shown.kind !== "known") return unknownVisitor(shown);
  const site = shown.who.sites.find((visited) => visited.origin === origin);
  return site === undefined ? fault("invalidOrigin") : { kind: "reader", reader: site };
}

/** Why there is no token for somebody who was not let in. */
function unknownVisitor(shown: Exclude<Shown<Visitor>, { readonly kind: "known" }>) {
  if (shown.kind === "none") return fault("missingAspect");
  return fault(shown.why === "expired" ? "expiredAspect" : "invalidAspect");
}

function fault(kind: TokenFault): Extract<FoundToken, { readonly kind: "fault" }> {
  return { kind: "fault", fault: kind };
}

/** Spells an answer so that readers of both versions find what they look for. */
function spell(
  found: FoundToken,
  messageId: string | undefined,
): { readonly message: object; readonly status: number } {
  const message = { "@context": authContext, ...(messageId === undefined ? {} : { messageId }) };
  if (found.kind === "token") {
    const { token, seconds } = found;
    return {
      message: { ...message, type: "AuthAccessToken2", accessToken: token, expiresIn: seconds },
      status: 200,
    };
  }
  const { former, status, text } = faultTexts[found.fault];
  const told = { profile: found.fault, heading: { en: ["No token"] }, note: { en: [text] } };
  return { message: { ...message, type: "AuthAccessTokenError2", ...told, error: former, description: text }, status };
}
