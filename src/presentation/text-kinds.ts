import type { PageText } from "../catalogue/work.ts";

/** What documents say of a file that a page's text comes from. */
export interface TextKind {
  readonly label: string;
  readonly mediaType: string;
  readonly profile?: string;
}

/** By format. Source: the Library of Congress's page of ALTO, hOCR 1.2 §1. */
export const textKinds: Readonly<Record<PageText["format"], TextKind>> = {
  alto: { label: "ALTO XML", mediaType: "application/xml", profile: "http://www.loc.gov/standards/alto/ns-v3#" },
  hocr: { label: "hOCR", mediaType: "text/vnd.hocr+html", profile: "http://kba.cloud/hocr-spec/1.2/" },
  plain: { label: "Plain text", mediaType: "text/plain" },
};
