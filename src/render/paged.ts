import { concatenate } from "../bytes.ts";
import { formatPdf } from "../codec/pdf.ts";
import { rotatedSize } from "../geometry.ts";
import type { CanonicalRequest } from "../iiif/canonical.ts";
import type { Envelope } from "./envelope.ts";
import type { RenderPlan } from "./plan.ts";
import type { Rendered } from "./render.ts";

/** What is known of the picture on a page. */
export interface PagedPicture {
  readonly plan: RenderPlan;
  readonly canonical: CanonicalRequest;
  readonly envelope: Envelope;
}

/** Bodies up to this many bytes are joined; others are sent in parts of as many. */
const partBytes = 1 << 16;

/** Puts a JPEG on the page of a PDF as it is, whatever its parts are and however long it takes. */
export function putOnPage({ body, lease, damage }: Rendered, picture: PagedPicture): Rendered {
  const { canonical, plan, envelope } = picture;
  const { xmp, icc, dotsPerInch } = envelope;
  const size = rotatedSize(canonical.size, canonical.rotation.degrees);
  const frame = formatPdf({ ...size, model: modelOf(plan), xmp, icc, dotsPerInch });
  if (!(body instanceof Uint8Array)) return { body: framed(frame, body), lease, damage };
  const tail = frame.tail(body.byteLength);
  const pieces = [frame.head, body, tail];
  if (body.byteLength <= partBytes) return { body: concatenate(pieces), lease, damage };
  const byteLength = frame.head.byteLength + body.byteLength + tail.byteLength;
  return { body: each(pieces), lease, byteLength, damage };
}

function modelOf(plan: RenderPlan): "gray" | "rgb" {
  const model = plan.kind === "copy" ? plan.level.encoding.model : plan.colors.model;
  return model === "gray" ? "gray" : "rgb";
}

async function* framed(
  { head, tail }: ReturnType<typeof formatPdf>,
  jpeg: AsyncGenerator<Uint8Array, void, undefined>,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield head;
  let byteLength = 0;
  for await (const piece of jpeg) {
    byteLength += piece.byteLength;
    yield piece;
  }
  yield tail(byteLength);
}

/** In parts, so that whoever sends them copies no more than one. */
async function* each(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array, void, undefined> {
  for (const piece of pieces) {
    for (let at = 0; at < piece.byteLength; at += partBytes) yield piece.subarray(at, at + partBytes);
  }
}
