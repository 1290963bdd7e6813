import { isLoginReason, isOpenedByLogin, nextChange } from "../access/decide.ts";
import { authContext } from "../access/services.ts";
import { signImage } from "../access/signature.ts";
import type { Shown } from "../access/visitor.ts";
import { faults } from "../error.ts";
import { respondProbe } from "../http/auth-answers.ts";
import { baseOf } from "../http/base-uri.ts";
import { asImageError } from "../http/errors.ts";
import { formatSegment, parseIdentifier } from "../identity/identifier.ts";
import type { ApiVersion } from "../iiif/version.ts";
import type { Services } from "../services.ts";
import type { Visit } from "../visit.ts";
import { type AskedOf, type Grant, withGranted } from "./granted.ts";
import { loginsOf } from "./logins.ts";
import { reducedUri } from "./reduced-uri.ts";
import { AccessRefused } from "./refused.ts";
import { bearerOf } from "./visitor.ts";

/** A request that is about what somebody may see of an image. */
export interface ProbeRequest {
  readonly request: Request;
  /** Of the Image API that the image is shown by. */
  readonly version: ApiVersion;
  /** As it stands in the path, still encoded. */
  readonly identifier: string;
  readonly visit: Visit;
}

/** For how long an address is good that a probe leads to, in seconds: for looking at an image, not for handing it on. */
const locationSeconds = 3600;

/**
 * Answers whether somebody may see an image. Who shows a token and no cookie is led to a signed address of the image, since a
 * cookie that does not reach the probe will not reach the pictures; but not where the address would open what his login does
 * not, such as a network that he may leave. An image that is hidden is answered as one that is not
 * there. Always under 200; what goes wrong is the status that the answer states. Source: Authorization Flow 2.0 §5.
 */
export async function answerProbe(services: Services, probe: ProbeRequest): Promise<Response> {
  try {
    return respondProbe({ ...head, ...(await probeImage(services, probe)) });
  } catch (thrown) {
    const error = asImageError(thrown);
    const { code, status, message, hint, detail, cause } = error;
    if (status >= 500) probe.visit.log({ level: "error", code, detail, cause: String(cause) });
    return respondProbe({ ...head, status, ...said(faults[code].title, [message, hint].join(" ").trim()) });
  }
}

const head = { "@context": authContext, type: "AuthProbeResult2" } as const;

/** What a probe says. */
type ProbeResult = Readonly<Record<string, unknown>> & { readonly status: number };

async function probeImage(
  services: Services,
  { request, version, identifier: raw, visit }: ProbeRequest,
): Promise<ProbeResult> {
  const asked: AskedOf = { request, identifier: parseIdentifier(raw), visit };
  const refusal = await refusalOf(services, asked);
  if (refusal === undefined) return { status: 200 };
  const bearer = await bearerOf(services, request);
  if (bearer.kind === "known") {
    const { until } = bearer.who;
    try {
      return await withGranted(services, { ...asked, shows: "token" }, async (_, granted) =>
        isOpenedByLogin(granted.stated.policies, services.clock.now())
          ? { status: 302, location: await signedService(services, { request, version, granted, until }) }
          : notLedTo,
      );
    } catch (thrown) {
      if (!(thrown instanceof AccessRefused)) throw thrown;
    }
  }
  const { reason } = refusal.refusal;
  const isOffered = isLoginReason(reason) && loginsOf(services.config).has(reason.kind);
  // Who has signed in and has not the role would not have it if he signed in again.
  const isInVain =
    bearer.kind === "known" && reason.kind === "role" && bearer.who.roles !== undefined && !bearer.who.isPart;
  const reduced = reducedUri(services, { route: { version } }, refusal.refusal);
  const base = baseOf({ config: services.config, request });
  return {
    status: isOffered && !isInVain ? 401 : 403,
    ...said(faults[refusal.code].title, [refusal.message, tokenFault(bearer)].join(" ").trim()),
    ...(reduced === undefined ? {} : { substitute: { id: `${base}${reduced}`, type: serviceTypes[version] } }),
  };
}

const serviceTypes: Readonly<Record<ApiVersion, string>> = { 2: "ImageService2", 3: "ImageService3" };

/** Undefined for who sees the image without a token. */
async function refusalOf(services: Services, asked: AskedOf): Promise<AccessRefused | undefined> {
  try {
    return await withGranted(services, asked, async () => undefined);
  } catch (thrown) {
    if (thrown instanceof AccessRefused) return thrown;
    throw thrown;
  }
}

interface LedTo {
  readonly request: Request;
  readonly version: ApiVersion;
  readonly granted: Grant;
  /** Until when he is known who is led there, in seconds since 1970. */
  readonly until: number;
}

async function signedService(
  { config, clock }: Services,
  { request, version, granted: { image, stated }, until }: LedTo,
): Promise<string> {
  const [secret] = config.accessSecrets;
  // Without one no token would have been read.
  if (secret === undefined) throw new TypeError("there is no secret");
  const now = clock.now();
  // What counts from then on may be more than he was let in by.
  const change = nextChange(stated.policies, now) ?? Number.POSITIVE_INFINITY;
  const expires = Math.min(until, Math.floor(now / 1000) + locationSeconds, Math.floor(change / 1000));
  const { identifier, longestSide } = image;
  const signed = await signImage({ identifier, longestSide, expires }, secret);
  return `${baseOf({ config, request })}${config.prefix}/${version}/${formatSegment(signed)}`;
}

/** He may see the image, and his viewer can't show it to him: no cookie reaches the pictures, and no address may. */
const notLedTo: ProbeResult = {
  status: 403,
  ...said(
    faults["access-closed"].title,
    "This image is shown in some networks alone, and in viewers on the site of the images alone.",
  ),
};

function said(heading: string, note: string): object {
  return { heading: { en: [heading] }, note: { en: [note] } };
}

function tokenFault(shown: Shown<unknown>): string {
  if (shown.kind !== "refused") return "";
  return {
    expired: "The token has expired.",
    foreign: "The token was not made here for this.",
    malformed: "The token is not whole.",
  }[shown.why];
}
