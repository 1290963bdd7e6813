import type { AskedImage } from "../access/asked-image.ts";
import { isLoginReason, type Outcome, type Reason } from "../access/decide.ts";
import { saidToAll } from "../access/reason-text.ts";
import { type ErrorCode, ImageError } from "../error.ts";
import type { Stated } from "../policies.ts";

/** What somebody was refused, and what all may see instead. */
export interface Refusal {
  readonly image: AskedImage;
  readonly reason: Reason;
  /** The longest side of the reduced image that all may see, in pixels. */
  readonly publicSize: number | undefined;
  readonly stated: Stated;
  /** What it is called that was asked for: an image unless it is stated. */
  readonly called?: string;
}

/** The refusal of an image by its policy: whoever catches it may answer with something less. */
export class AccessRefused extends ImageError {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    const { reason, called = "image" } = refusal;
    super(codeOf(reason), `This ${called} ${saidToAll(reason)}.`);
    this.refusal = refusal;
  }
}

/** Returns the refusal of an image that is shown to some, but not to who asks. */
export function refuse(
  image: AskedImage,
  { reason, publicSize }: Extract<Outcome, { kind: "denied" }>,
  stated: Stated,
): AccessRefused {
  return new AccessRefused({ image, reason, publicSize, stated });
}

function codeOf(reason: Reason): ErrorCode {
  if (isLoginReason(reason)) return "login-required";
  return reason.kind === "signed" ? "signature-required" : "access-closed";
}
