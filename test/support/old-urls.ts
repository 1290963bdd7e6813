import { type GatewayRule, readGateway } from "../../src/config/gateway.ts";
import { readDeepZoom } from "../../src/gateway/deep-zoom.ts";
import { findRule } from "../../src/gateway/find-rule.ts";
import { type OldIiif, readIiif } from "../../src/gateway/iiif.ts";
import { readIip } from "../../src/gateway/iip.ts";
import { readOldIdentifier } from "../../src/gateway/old-identifier.ts";
import type { OldRequest } from "../../src/gateway/old-request.ts";
import { readZoomify } from "../../src/gateway/zoomify.ts";
import { codeOf } from "./code-of.ts";

export const pageSuffix = ";page=";
const prefix = "/iiif";
const image = { width: 4000, height: 3001, tile: { width: 256, height: 256 } };

/** Reads rules as the configuration has them. Throws if anything is wrong with them. */
export function rulesOf(...stated: readonly object[]): readonly GatewayRule[] {
  const faults: string[] = [];
  const rules = readGateway(stated, { pageSuffix, faults });
  if (faults.length > 0) throw new Error(faults.join("; "));
  return rules;
}

/** What a URL of another server means, or the code that it is refused with. */
export function answerOf(rules: readonly GatewayRule[], url: string): string {
  let meaning = "";
  const code = codeOf(() => {
    meaning = meaningOf(rules, url);
  });
  return code === "none" ? meaning : code;
}

/** A path of this service, or the identifier and what is asked of it. */
function meaningOf(rules: readonly GatewayRule[], url: string): string {
  const [, path = "", query = ""] = /^(?:https?:\/\/[^/]*)?([^?]*)\??(.*)$/.exec(url) ?? [];
  const rule = findRule(rules, path, prefix);
  if (rule === undefined) return "none";
  const rest = path.slice(rule.prefix.length);
  const readers: Record<GatewayRule["protocol"], () => OldRequest> = {
    iiif: () => ({ kind: "iiif", rest }),
    deepzoom: () => readDeepZoom(rest, rule),
    zoomify: () => readZoomify(rest, rule),
    iip: () => readIip(query, rule),
  };
  const old = readers[rule.protocol]();
  if (old.kind !== "iiif") return spell({ ...old, ...readOldIdentifier(old.identifier, { id: rule.id, pageSuffix }) });
  const found = readIiif(old.rest, { rule, prefix, pageSuffix });
  return found.kind === "path" ? found.path : spell(found);
}

function spell(
  found: (OldRequest & { readonly kind: "description" | "picture" }) | (OldIiif & { readonly kind: "picture" }),
) {
  if (found.kind === "description") return `${found.identifier}: ${found.describe(image)}`;
  return `${found.identifier}: ${Object.values(found.translate(image)).join("/")}`;
}
