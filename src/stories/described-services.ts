import { type AskedImage, unsigned } from "../access/asked-image.ts";
import type { Keeping } from "../access/grant.ts";
import { authContext, authServices, formerAuthServices, loginReasonOf, type ServiceJson } from "../access/services.ts";
import { baseOf } from "../http/base-uri.ts";
import type { ApiVersion } from "../iiif/version.ts";
import type { Stated } from "../policies.ts";
import type { Services } from "../services.ts";
import { loginsOf } from "./logins.ts";

/** What is known of an image when its info.json is written. */
export interface DescribedImage {
  readonly request: Request;
  readonly version: ApiVersion;
  readonly image: AskedImage;
  readonly keeping: Keeping;
  readonly stated: Stated;
}

/** What an info.json says of the services by which somebody comes to see an image. */
export interface DescribedServices {
  readonly service: readonly ServiceJson[];
  /** The context that stands before that of the Image API. */
  readonly context?: string;
}

/**
 * Returns the services by which somebody comes to see an image who does not see it yet, whoever asks: all of them for an
 * image that not all may see, those of version 1.0 for a reduced one that all may see. Whoever has a signed address needs
 * none.
 */
export function describeServices(services: Services, described: DescribedImage): DescribedServices {
  const { config, clock } = services;
  const { request, version, image, keeping, stated } = described;
  const reason = image.signature === undefined ? loginReasonOf({ ...stated, now: clock.now() }) : undefined;
  if (reason === undefined) return { service: [] };
  const ground = {
    reason,
    rules: stated.rules,
    logins: loginsOf(config),
    base: baseOf({ config, request }),
    version,
    identifier: unsigned(image),
  };
  if (keeping.kind === "anybody") return { service: formerAuthServices(ground) };
  const service = authServices(ground);
  // In 2.1 the services have the context themselves.
  return service.length > 0 && version === 3 ? { service, context: authContext } : { service };
}
