import type { AskedImage } from "../access/asked-image.ts";
import type { Asker } from "../access/decide.ts";
import { isSigned } from "../access/signature.ts";
import { connectingAddress } from "../http/headers.ts";
import type { Services } from "../services.ts";

/**
 * Returns what is known of who asks for an image. Throws `signature-invalid` for an address whose signature is not for it,
 * whoever asks.
 */
export async function askerOf({ config, clock }: Services, request: Request, image: AskedImage): Promise<Asker> {
  return {
    address: connectingAddress(request),
    clicks: new Set(),
    roles: new Set(),
    isSigned: await isSigned(image, config.accessSecrets, clock.now()),
  };
}
