import type { AskedImage } from "../access/asked-image.ts";
import { type Asker, anybody } from "../access/decide.ts";
import { isSigned } from "../access/signature.ts";
import type { Bearer, Visitor } from "../access/visitor.ts";
import { connectingAddress } from "../http/headers.ts";
import type { Services } from "../services.ts";
import { bearerOf, visitorOf } from "./visitor.ts";

/** What an image is asked for by, besides a signed address and a place in a network. */
export interface Asking {
  readonly image: AskedImage;
  /** Where a token counts next to the cookie: for what is told of an image, never for its pixels. */
  readonly shows?: "token" | undefined;
}

/**
 * Returns what is known of who asks for an image. What he shows and is worth nothing, he does not show. Throws
 * `signature-invalid` for an address whose signature is not for it, whoever asks.
 */
export async function askerOf(services: Services, request: Request, { image, shows }: Asking): Promise<Asker> {
  const { config, clock } = services;
  const visitor = await visitorOf(services, request);
  const bearer = shows === "token" ? await bearerOf(services, request) : undefined;
  const known: (Visitor | Bearer)[] = [];
  if (visitor.kind === "known") known.push(visitor.who);
  if (bearer?.kind === "known") known.push(bearer.who);
  const { clicks, roles } = known.length === 0 ? anybody : joined(known);
  return {
    address: connectingAddress(request),
    clicks,
    roles,
    isSigned: await isSigned(image, config.accessSecrets, clock.now()),
  };
}

function joined(known: readonly (Visitor | Bearer)[]): Pick<Asker, "clicks" | "roles"> {
  return {
    clicks: new Set(known.flatMap(({ clicks }) => clicks)),
    roles: new Set(known.flatMap(({ roles = [] }) => roles)),
  };
}
