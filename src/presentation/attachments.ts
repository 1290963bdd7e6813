import { attachmentType } from "../catalogue/attachment.ts";
import type { Link } from "../catalogue/link.ts";
import type { Work } from "../catalogue/work.ts";
import { type Addresses, attachmentUri } from "./addresses.ts";

/** Returns an object whose files lie among its other renderings, called by their names. */
export function withAttachments(addresses: Addresses, work: Work): Work {
  const { key: object, attachments = [], rendering = [] } = work;
  if (attachments.length === 0) return work;
  const links = attachments.map(
    ({ file }): Link => ({
      uri: attachmentUri(addresses, { object, key: file }),
      label: { none: [file] },
      format: attachmentType,
    }),
  );
  return { ...work, rendering: [...rendering, ...links] };
}
