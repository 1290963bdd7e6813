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
}

/** A step of a move. Each leaves things so that the image is found, and does nothing where it has been done. */
export type MoveStep = "copy" | "record" | "object" | "redirect" | "delete-master" | "delete-record";

/** What is left to do of a move, in order; none where all is done. Or why it is not done, a sentence. */
export type MovePlan = { readonly steps: readonly MoveStep[] } | { readonly refusal: string };

/**
 * Plans a move: the image is under its new identifier, with its record and its object, before anybody is led there, and
 * under its old one until then. What an interrupted move has done is not done again. Pure.
 */
export function planMove({ from, to, isFromStored, target, fromRecord, toRecord, move }: MoveFacts): MovePlan {
  const isLed = move?.to === to;
  const records: readonly MoveStep[] =
    fromRecord === undefined ? [] : fromRecord.object === undefined ? ["record"] : ["record", "object"];
  const last: readonly MoveStep[] = fromRecord === undefined ? [] : ["delete-record"];
  if (!isFromStored) {
    if (isLed && target !== "none") return { steps: [...records, ...last] };
    const led = move === undefined ? "" : move.to === undefined ? ": it is gone" : `: it has moved to ${move.to}`;
    return { refusal: `There is no image ${from}${led}.` };
  }
  if (target === "other") return { refusal: `${to} is stored already, and is another image.` };
  if (toRecord !== undefined && !isRecordOfMove({ from, to, fromRecord, toRecord })) {
    return { refusal: `There is a record of ${to} already, and it is not that of ${from}.` };
  }
  const copy: readonly MoveStep[] = target === "none" ? ["copy"] : [];
  return { steps: [...copy, ...records, "redirect", "delete-master", ...last] };
}

function isRecordOfMove({
  to,
  fromRecord,
  toRecord,
}: Pick<MoveFacts, "from" | "to" | "fromRecord" | "toRecord">): boolean {
  return fromRecord !== undefined && JSON.stringify({ ...fromRecord, identifier: to }) === JSON.stringify(toRecord);
}
