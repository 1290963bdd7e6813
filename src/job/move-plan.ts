import { rulesKey } from "../access/rules.ts";
import type { StoredRecord } from "../catalogue/image-records.ts";
import type { Move } from "../catalogue/moved.ts";

/** What is known of the two identifiers of a move before it begins, or goes on. */
export interface MoveFacts {
  readonly from: string;
  readonly to: string;
  readonly isFromStored: boolean;
  /** What lies under the new identifier: nothing, the same image, or another one. */
  readonly target: "none" | "same" | "other";
  readonly fromRecord: StoredRecord | undefined;
  readonly toRecord: StoredRecord | undefined;
  /** What the catalogue says of the old identifier. */
  readonly move: Move | undefined;
  /** What keeps the image from people under its old identifier alone: the form of a rule. */
  readonly opening?: string | undefined;
}

/** A step of a move. Each leaves things so that the image is found, and does nothing where it has been done. */
export type MoveStep = "copy" | "record" | "object" | "redirect" | "delete-master" | "delete-record";

/** What is left to do of a move, in order; none where all is done. Or why it is not done, a sentence. */
export type MovePlan = { readonly steps: readonly MoveStep[] } | { readonly refusal: string };

/**
 * Plans a move: the image is under its new identifier, its record first, before anybody is led there, and
 * under its old one until then. What an interrupted move has done is not done again. Pure.
 */
export function planMove(facts: MoveFacts): MovePlan {
  const { from, to, isFromStored, target, fromRecord, toRecord, move, opening } = facts;
  const isLed = move?.to === to;
  const record: readonly MoveStep[] = fromRecord === undefined ? [] : ["record"];
  const object: readonly MoveStep[] = fromRecord?.object === undefined ? [] : ["object"];
  const last: readonly MoveStep[] = fromRecord === undefined ? [] : ["delete-record"];
  if (!isFromStored) {
    if (isLed && target !== "none") return { steps: [...record, ...object, ...last] };
    const led = move === undefined ? "" : move.to === undefined ? ": it is gone" : `: it has moved to ${move.to}`;
    return { refusal: `There is no image ${from}${led}.` };
  }
  if (target === "other") return { refusal: `${to} is stored already, and is another image.` };
  if (toRecord !== undefined && !isRecordOfMove({ from, to, fromRecord, toRecord })) {
    return { refusal: `There is a record of ${to} already, and it is not that of ${from}.` };
  }
  if (opening !== undefined) {
    return {
      refusal: `${rulesKey} keeps ${from} from people by its form ${opening}, and ${to} would be seen by more of them. Say first who may see it: tessera access set ${from} --access ...`,
    };
  }
  const copy: readonly MoveStep[] = target === "none" ? ["copy"] : [];
  // The record says who may see the image: nobody sees the copy before it is there.
  return { steps: [...record, ...copy, ...object, "redirect", "delete-master", ...last] };
}

function isRecordOfMove({
  to,
  fromRecord,
  toRecord,
}: Pick<MoveFacts, "from" | "to" | "fromRecord" | "toRecord">): boolean {
  return fromRecord !== undefined && JSON.stringify({ ...fromRecord, identifier: to }) === JSON.stringify(toRecord);
}
