import { resolve } from "node:path";
import { formatReduced } from "../access/asked-image.ts";
import { anybody } from "../access/decide.ts";
import { grant } from "../access/grant.ts";
import { policiesOfPageNumber } from "../access/image-policies.ts";
import type { Bucket } from "../bucket/bucket.ts";
import { bucketSource } from "../bucket/bucket-source.ts";
import type { StoredRecord } from "../catalogue/image-records.ts";
import type { LanguageMap } from "../catalogue/language-map.ts";
import { parseWork, workKey } from "../catalogue/work-record.ts";
import { checkMaster } from "../check/check.ts";
import { ImageError } from "../error.ts";
import { objectTag } from "../identity/cache-tags.ts";
import type { Identifier } from "../identity/identifier.ts";
import { dividePage, placesOf } from "../identity/master-name.ts";
import { readStoredRules } from "../job/access-rules.ts";
import { readImageRecord, readStatedRecord } from "../job/image-record.ts";
import { derivativesOf } from "../job/kept-derivatives.ts";
import { readMove } from "../job/moves.ts";
import { findServer } from "../node/server-address.ts";
import type { Terminal } from "../node/terminal.ts";
import { policiesOf } from "../policies.ts";
import { imageUri, manifestUri } from "../presentation/addresses.ts";
import { CommandFaults } from "../settings/command-faults.ts";
import type { BucketOptions } from "../settings/options.ts";
import type { ServiceSettings } from "../settings/service-settings.ts";
import { describeGranting, describeNow } from "./access-text.ts";
import { openBuckets } from "./choose-buckets.ts";
import type { StoredCommand } from "./command.ts";
import { exitStatus } from "./exit-status.ts";
import { findMaster } from "./find-master.ts";
import { describeInfo, formatInfo, type ImageInfo, type ObjectOfImage, type PublicAccess } from "./info-text.ts";
import { formatJson } from "./report-json.ts";
import { usualBase } from "./usual-base.ts";

/** Carries `tessera info` out and returns the exit status. Throws CommandFaults and BucketError. */
export async function info(
  { names: [name = ""], options: given }: StoredCommand & { readonly kind: "info" },
  terminal: Terminal,
): Promise<number> {
  const asked = ["masters", "catalogue", "derivatives"] as const;
  const { buckets, service, options } = await openBuckets(given, { terminal, asked });
  try {
    const rules = service.derivatives;
    if ("fault" in rules) throw new CommandFaults([`wrangler.toml is wrong: ${rules.fault}`]);
    const { masters, catalogue } = buckets;
    await masters.check();
    const master = await findMaster(masters, name, service.naming);
    const record = await readImageRecord(catalogue, name);
    if (master === undefined) {
      const left = record === undefined ? "" : " There is a record of it; tessera verify says what mends that.";
      const move = await readMove(catalogue, name);
      const led = move === undefined ? "" : move.to === undefined ? ": it is gone" : `: it has moved to ${move.to}`;
      terminal.say([`There is no image ${name} in ${masters.name}${led}.${left}`]);
      return exitStatus.failed;
    }
    const report = await checkMaster(bucketSource(masters, master.key, master));
    if (master.page > Math.max(1, report.pages.length)) {
      terminal.say([`There is no page ${master.page}: the master ${master.key} has ${report.pages.length}.`]);
      return exitStatus.failed;
    }
    const places = await placesOf(master.key);
    const object = record?.object === undefined ? undefined : await readObjectOf(catalogue, record.object, record);
    const base = service.base || (await localBase(options, terminal));
    const access = await readAccess(catalogue, { identifier: master.identifier, record, service, base });
    const found: ImageInfo = {
      master,
      file: { path: name, mendPath: "FILE", report, failure: undefined },
      record,
      access,
      object,
      addresses: addressesOf(name, { record, service, base }),
      cacheTags: [places.cacheTag, ...(record?.object === undefined ? [] : [await objectTag(record.object)])],
      derivatives: await derivativesOf({ ...buckets, rules }, places),
    };
    terminal.print(options.json === true ? formatJson(describeInfo(found)) : formatInfo(found));
    return exitStatus.well;
  } finally {
    await buckets.close();
  }
}

/** How an image is shown to somebody who asks from anywhere and shows nothing, or that nobody knows. */
async function readAccess(
  catalogue: Bucket,
  { identifier, record, service, base }: Published & { readonly identifier: Identifier },
): Promise<PublicAccess> {
  try {
    const { rules } = await readStoredRules(catalogue);
    // What is stated of a file is stated of all its pages.
    const { name, page } = dividePage(identifier, service.naming.pageSuffix);
    const own = name === identifier && record !== undefined ? record : await readStatedRecord(catalogue, name);
    const now = Date.now();
    const policies = policiesOfPageNumber(policiesOf(rules, name, own), page);
    const granting = grant({ identifier }, anybody, { policies, rules, now });
    const size = granting.kind === "denied" ? granting.publicSize : undefined;
    const { imagePrefix, limits } = service;
    const reduced = size === undefined ? undefined : formatReduced(identifier, size);
    return {
      ...describeGranting(granting),
      ...(reduced && { address: `${imageUri({ base, imagePrefix, limits }, 3, reduced)}/info.json` }),
      rows: policies.length === 0 ? [] : describeNow(policies, anybody, { rules, now }),
    };
  } catch (error) {
    if (!(error instanceof ImageError) || error.code !== "policy-unreadable") throw error;
    return { outcome: "refused", text: error.detail ?? error.message, rows: [] };
  }
}

/** Finds the pages that show an image in the object that its record names. */
async function readObjectOf(
  catalogue: Bucket,
  key: string,
  { identifier }: Pick<StoredRecord, "identifier">,
): Promise<ObjectOfImage> {
  const stored = await catalogue.get(workKey(key));
  if (stored === undefined) return { key, fault: "which is not stored" };
  try {
    const { label, pages } = parseWork(stored.bytes, key);
    const shown = pages.flatMap(({ key: page, images }, index) =>
      images.some((image) => image.identifier === identifier) ? [{ number: index + 1, key: page }] : [],
    );
    return { key, label: firstText(label), pages: pages.length, shown };
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    return { key, fault: `whose record can't be read: ${error.detail ?? error.message}` };
  }
}

function firstText(label: LanguageMap): string {
  return Object.values(label)[0]?.[0] ?? "";
}

interface Published {
  readonly record: StoredRecord | undefined;
  readonly service: ServiceSettings;
  readonly base: string;
}

/** The address of npm start: that of the one which runs, for it may have another port. */
async function localBase({ to, state }: BucketOptions, { service, folder }: Terminal): Promise<string> {
  if (to === "remote") return "";
  return (await findServer(state === undefined ? service.stateFolder : resolve(folder, state)))?.url ?? usualBase;
}

/** A remote service that takes the address it is asked at has paths alone. */
function addressesOf(identifier: string, { record, service, base }: Published): readonly string[] {
  const { imagePrefix, limits } = service;
  const addresses = { base, imagePrefix, limits };
  const image = imageUri(addresses, 3, identifier);
  return [
    `${image}/info.json`,
    `${imageUri(addresses, 2, identifier)}/info.json`,
    `${image}/full/max/0/default.jpg`,
    ...(record?.object === undefined ? [] : [manifestUri(addresses, 3, record.object)]),
  ];
}
