import type { AskedImage } from "../access/asked-image.ts";
import { isLoginReason, type Outcome, type Reason } from "../access/decide.ts";
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
    const { code, message, hint } = sayReason(refusal.reason, refusal.called ?? "image");
    super(code, message, hint === undefined ? {} : { hint });
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

interface Said {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
}

function sayReason(reason: Reason, called: string): Said {
  if (isLoginReason(reason)) {
    const to = reason.kind === "click" ? "accept its terms" : "sign in";
    return { code: "login-required", message: `This ${called} is shown to those who ${to}.` };
  }
  switch (reason.kind) {
    case "closed":
      return { code: "access-closed", message: `This ${called} is closed.` };
    case "embargo":
      return { code: "access-closed", message: `This ${called} is under an embargo until ${reason.until}.` };
    case "no-longer-open":
      return { code: "access-closed", message: `This ${called} has been closed since ${reason.since}.` };
    case "network":
      return {
        code: "access-closed",
        message: `This ${called} is shown in some networks alone, such as a reading room.`,
      };
    case "signed":
      return { code: "signature-required", message: `This ${called} is shown at signed addresses alone.` };
  }
}
