import { formatSegment } from "../identity/identifier.ts";
import { anybody, decide, isLoginReason, type LoginReason } from "./decide.ts";
import type { PolicyGround } from "./grant.ts";
import type { AccessRules, Notice } from "./rules.ts";
import { chooseText, languageMap } from "./texts.ts";

/** The context of the Authorization Flow API, which stands before that of the document. Source: Authorization Flow 2.0 §2. */
export const authContext = "http://iiif.io/api/auth/2/context.json";

const formerContext = "http://iiif.io/api/auth/1/context.json";

/** How somebody can be let in at this service: by notices that he accepts, by roles that he has when he signs in. */
export type Logins = ReadonlySet<LoginReason["kind"]>;

/** What the descriptions of services are made of. */
export interface ServiceGround {
  readonly reason: LoginReason;
  readonly rules: Pick<AccessRules, "clicks" | "roles">;
  readonly logins: Logins;
  /** Scheme and host in front of the paths of this service, without a trailing slash. */
  readonly base: string;
  /** Of the Image API, in which the image is described that the services are for, and its substitute. */
  readonly version: 2 | 3;
  /** The image: a reduced one, `{identifier};max=N`, is one of its own. */
  readonly identifier: string;
}

/** A description of a service, as JSON. */
export type ServiceJson = Readonly<Record<string, unknown>>;

/**
 * Returns why nobody sees an image who has not accepted a notice or signed in; undefined for one that is open to all, or that
 * a login does not open.
 */
export function loginReasonOf({ policies, rules, now }: PolicyGround): LoginReason | undefined {
  const outcome = decide(policies, anybody, { rules, now });
  return outcome.kind === "denied" && isLoginReason(outcome.reason) ? outcome.reason : undefined;
}

/**
 * Returns the services of the Authorization Flow by which somebody comes to see an image, in its version 2.0 and, behind
 * them, in 1.0, for the `service` of its info.json or of what a manifest shows; none where a login is not offered. Where
 * there are any of version 2.0, `authContext` belongs before the context of a document of version 3; in one of version 2 the
 * services have it. Source: Authorization Flow 2.0 §3 to §6; Authentication 1.0 §2.
 */
export function authServices(ground: ServiceGround): readonly ServiceJson[] {
  const offers = offersOf(ground);
  return offers.length === 0
    ? []
    : [probeService(ground, offers), ...offers.map((offer) => formerService(ground, offer))];
}

/**
 * Returns the services of version 1.0 alone, for the info.json of a reduced image: it is open, and who reads it may come to
 * see more. In 2.0 that would be a substitute that has to be probed as its image is. Source: Authorization Flow 2.0 §7.1.
 */
export function formerAuthServices(ground: ServiceGround): readonly ServiceJson[] {
  return offersOf(ground).map((offer) => formerService(ground, offer));
}

/** Where somebody is let in. */
interface Offer {
  readonly kind: LoginReason["kind"];
  readonly path: string;
  readonly notice: Notice;
  /** `external`: he has to have been there already, by another way. */
  readonly profile: "active" | "external";
}

function offersOf({ reason: { kind, names }, rules, logins }: ServiceGround): readonly Offer[] {
  if (!logins.has(kind)) return [];
  const offers = names.flatMap((name): readonly Offer[] => {
    if (kind === "click") {
      const notice = rules.clicks.get(name);
      return notice === undefined ? [] : [{ kind, path: `/auth/click/${name}`, notice, profile: "active" }];
    }
    const role = rules.roles.get(name);
    const profile = role?.login === "external" ? "external" : "active";
    return role === undefined ? [] : [{ kind, path: `/auth/login/${name}`, notice: role, profile }];
  });
  // Clients take what needs no action first, and offer nothing to who is let in by nothing else.
  return offers.toSorted((one, other) => Number(other.profile === "external") - Number(one.profile === "external"));
}

function probeService({ base, version, identifier }: ServiceGround, offers: readonly Offer[]): ServiceJson {
  return {
    ...(version === 2 ? { "@context": authContext } : {}),
    id: `${base}/auth/probe/${version}/${formatSegment(identifier)}`,
    type: "AuthProbeService2",
    // Mirador 4 takes for granted that all services have one, and stops at the first without.
    profile: "AuthProbeService2",
    errorHeading: languageMap(refusedTexts.heading),
    errorNote: languageMap(refusedTexts.note),
    service: offers.map((offer) => accessService(base, offer)),
  };
}

function accessService(base: string, { path, notice, profile }: Offer): ServiceJson {
  const { label, heading, note, confirm } = notice;
  return {
    ...(profile === "external" ? {} : { id: `${base}${path}` }),
    type: "AuthAccessService2",
    profile,
    label: languageMap(label),
    ...(heading === undefined ? {} : { heading: languageMap(heading) }),
    ...(note === undefined ? {} : { note: languageMap(note) }),
    ...(confirm === undefined ? {} : { confirmLabel: languageMap(confirm) }),
    service: [
      {
        id: `${base}${tokenPath}`,
        type: "AuthAccessTokenService2",
        errorHeading: languageMap(refusedTexts.heading),
        errorNote: languageMap(refusedTexts.note),
      },
      { id: `${base}${logoutPath}`, type: "AuthLogoutService2", label: languageMap(logoutLabel) },
    ],
  };
}

/**
 * A notice is a login too: a window that closes by itself has not been used by anybody. Source: Authorization Flow 2.0 §1.6.
 * Universal Viewer 4 shows nothing in place of a header or a button's label that is not there. Mirador 4 takes one more click
 * where there is a header: there is one where there is something to say.
 */
function formerService({ base }: ServiceGround, { kind, path, notice, profile }: Offer): ServiceJson {
  const { label, note, heading = note && label, confirm = confirmTexts[kind] } = notice;
  const own = [chooseText(label).language];
  return {
    "@context": formerContext,
    ...(profile === "external" ? {} : { "@id": `${base}${path}` }),
    "@type": "AuthCookieService1",
    profile: `http://iiif.io/api/auth/1/${profile === "external" ? "external" : "login"}`,
    label: chooseText(label).text,
    ...(heading === undefined ? {} : { header: chooseText(heading, own).text }),
    ...(note === undefined ? {} : { description: chooseText(note, own).text }),
    confirmLabel: chooseText(confirm, own).text,
    failureHeader: refusedTexts.heading.en,
    failureDescription: refusedTexts.note.en,
    service: [
      { "@id": `${base}${tokenPath}`, "@type": "AuthTokenService1", profile: "http://iiif.io/api/auth/1/token" },
      {
        "@id": `${base}${logoutPath}`,
        "@type": "AuthLogoutService1",
        profile: "http://iiif.io/api/auth/1/logout",
        label: logoutLabel.en,
      },
    ],
  };
}

/** Where tokens are asked for. */
const tokenPath = "/auth/token";

/** Where somebody signs out. */
const logoutPath = "/auth/logout";

const logoutLabel = { en: "Sign out", de: "Abmelden", fr: "Se déconnecter" };

/** What the button of a viewer says where a notice does not: it opens the page of the notice, or of the login. */
const confirmTexts = {
  click: { en: "Continue", de: "Weiter", fr: "Continuer" },
  role: { en: "Sign in", de: "Anmelden", fr: "S’identifier" },
};

const refusedTexts = {
  heading: { en: "Not shown to you", de: "Für Sie nicht freigegeben", fr: "Accès non accordé" },
  note: {
    en: "What you signed in with, or accepted, does not open this image.",
    de: "Womit Sie sich angemeldet oder was Sie angenommen haben, öffnet dieses Bild nicht.",
    fr: "Votre identification ou votre accord ne donne pas accès à cette image.",
  },
};
