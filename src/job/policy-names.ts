import type { Policy } from "../access/policy.ts";
import { type AccessRules, unknownNames } from "../access/rules.ts";
import type { ObjectRow } from "../catalogue/object-table.ts";
import type { PageTable } from "../catalogue/page-table.ts";
import { formatSheetFault, type SheetPlace } from "../catalogue/sheet-place.ts";

/** Tables that may say who may see images and manifests. */
export interface PolicyTables {
  readonly pages?: PageTable | undefined;
  readonly objects?: readonly ObjectRow[] | undefined;
}

/** Says whether tables have columns of access. */
export function stateAccess({ pages, objects = [] }: PolicyTables): boolean {
  const isOfImages = pages?.rows.some(({ policy }) => policy !== undefined) === true;
  return isOfImages || objects.some(({ access }) => access !== undefined);
}

/** Returns a sentence, with its place, for each name in tables that the rules don't describe. Pure. */
export function unknownPolicyNames({ pages, objects = [] }: PolicyTables, rules: AccessRules): readonly string[] {
  const faults = (policy: Policy, column: string, place: (column: string) => SheetPlace): readonly string[] =>
    unknownNames(policy, rules).map((message) => formatSheetFault({ place: place(column), message }));
  return [
    ...(pages?.rows ?? []).flatMap(({ policy = {}, place }) => {
      const { access, embargoAccess, watermark } = policy;
      return [
        ...faults(access === undefined ? {} : { access }, "access", place),
        ...faults(embargoAccess === undefined ? {} : { embargoAccess }, "embargo_access", place),
        ...faults(watermark === undefined ? {} : { watermark }, "watermark", place),
      ];
    }),
    ...objects.flatMap(({ access, place }) => faults(access === undefined ? {} : { access }, "manifest_access", place)),
  ];
}
