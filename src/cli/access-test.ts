import { namePattern } from "../access/access.ts";
import { type AskedImage, divideAsked } from "../access/asked-image.ts";
import { type Asker, anybody } from "../access/decide.ts";
import { type Granting, grant } from "../access/grant.ts";
import { policiesOfPageNumber } from "../access/image-policies.ts";
import { parseRange } from "../access/network.ts";
import type { AccessRules } from "../access/rules.ts";
import { ImageError } from "../error.ts";
import { identifierOf } from "../identity/identifier.ts";
import { dividePage } from "../identity/master-name.ts";
import { readStoredRules } from "../job/access-rules.ts";
import { atOnce } from "../job/at-once.ts";
import { readStatedRecord } from "../job/image-record.ts";
import type { Terminal } from "../node/terminal.ts";
import { policiesOf } from "../policies.ts";
import { refuseFaults } from "../settings/command-faults.ts";
import type { PolicyCommand } from "./access-commands.ts";
import { describeGranting, describeKeeping } from "./access-text.ts";
import { exitStatus } from "./exit-status.ts";
import { onBuckets, settleGround } from "./service-buckets.ts";

/** Records that are read at once. */
const recordsAtOnce = 8;

/** Carries `tessera access test` out and returns the exit status. Throws CommandFaults, BucketError, ImageError. */
export async function testAccess({ names, options: given }: PolicyCommand, terminal: Terminal): Promise<number> {
  const faults: string[] = [];
  const { options, open, naming } = await settleGround(given, { terminal, faults });
  const images = names.flatMap((name) => readAsked(name, faults));
  const who = readAsker(options.as ?? "anybody", faults);
  refuseFaults([...new Set(faults)]);
  const buckets = open();
  return onBuckets(buckets, terminal, async () => {
    const { rules } = await readStoredRules(buckets.catalogue);
    refuseFaults(unknownAsker(who, rules));
    const now = options.at ?? Date.now();
    const rows = await atOnce(images, recordsAtOnce, async (image) => {
      const { name, page } = dividePage(image.identifier, naming.pageSuffix);
      const record = await readStatedRecord(buckets.catalogue, name);
      const asked = who.isSigned ? { ...image, signature: noSignature } : image;
      const granting = grant(asked, who, {
        policies: policiesOfPageNumber(policiesOf(rules, name, record), page),
        rules,
        now,
      });
      return describeRow(image, granting);
    });
    terminal.print(options.json === true ? rows.map((row) => JSON.stringify(row)) : formatTable(rows));
    return exitStatus.well;
  });
}

/** A signature is taken for right here: whoever asks holds one. */
const noSignature = { expires: 0, keyId: "", code: "" };

interface TestedImage {
  readonly identifier: string;
  readonly max?: number;
  readonly outcome: string;
  readonly text: string;
  readonly caching: string;
}

function describeRow({ identifier, longestSide }: AskedImage, granting: Granting): TestedImage {
  const max = longestSide === undefined ? {} : { max: longestSide };
  return { identifier, ...max, ...describeGranting(granting), caching: describeKeeping(granting) };
}

function formatTable(rows: readonly TestedImage[]): readonly string[] {
  const names = rows.map(({ identifier, max }) => (max === undefined ? identifier : `${identifier};max=${max}`));
  const width = Math.max(...names.map((name) => name.length));
  return rows.map(
    ({ outcome, text, caching }, at) => `${(names[at] ?? "").padEnd(width)}  ${outcome.padEnd(7)}  ${text}; ${caching}`,
  );
}

function readAsked(name: string, faults: string[]): readonly AskedImage[] {
  try {
    const image = divideAsked(identifierOf(name));
    if (image.signature === undefined) return [image];
    faults.push(`${name} is signed: name the image, and say --as signed`);
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    faults.push(`${name}: ${error.message.replace(/\.$/, "")}`);
  }
  return [];
}

function readAsker(text: string, faults: string[]): Asker {
  if (text === "anybody") return anybody;
  if (text === "signed") return { ...anybody, isSigned: true };
  const [, kind, value = ""] = /^(network|click|role):(.+)$/.exec(text) ?? [];
  const names = new Set(value.split("|"));
  const isNamed = [...names].every((name) => namePattern.test(name));
  // An address is a range of one.
  if (kind === "network" && !value.includes("/") && parseRange(value) !== undefined)
    return { ...anybody, address: value };
  if (kind === "click" && isNamed) return { ...anybody, clicks: names };
  if (kind === "role" && isNamed) return { ...anybody, roles: names };
  faults.push(`--as is ${JSON.stringify(text)}, not anybody, network:ADDRESS, click:NAME, role:NAME or signed`);
  return anybody;
}

/** A name that is mistyped would look as if it were let in nowhere. */
function unknownAsker({ clicks, roles }: Asker, rules: AccessRules): readonly string[] {
  return [
    ...[...clicks].filter((name) => !rules.clicks.has(name)).map((name) => `there is no click ${name} in rules.json`),
    ...[...roles].filter((name) => !rules.roles.has(name)).map((name) => `there is no role ${name} in rules.json`),
  ];
}
