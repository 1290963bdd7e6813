import { decodedProcesses } from "../codec/jpeg/header.ts";
import { formatFault } from "./faults.ts";
import { type Finding, formatCount } from "./finding.ts";
import type { LevelReport, PictureReport, Served } from "./report.ts";
import type { DamagedPicture, Refusal, Serving } from "./serving.ts";

/** Finds what is not served. */
export function findInServing(picture: PictureReport, serving: Serving): readonly Finding[] {
  const { outside, tiles } = countTiles(picture);
  const findings: Finding[] = [];
  if (outside > 0) {
    const message = `${formatCount(outside)} of its ${formatCount(tiles)} tiles are outside the file, which is cut off or damaged.`;
    findings.push({ severity: "error", code: "tiles-outside", message, remedy: "none" });
  }
  const unread = picture.levels.find(isUnread);
  if (unread?.jpeg !== undefined) {
    const message = `Its tiles are ${unread.jpeg.process} JPEG, which is not supported.`;
    findings.push({ severity: "error", code: "undecodable", message, remedy: "conversion" });
  }
  // Requests for tiles that are outside the file or not supported say nothing new.
  const others = serving.refused.filter(
    ({ fault, isOfTiles }) =>
      !(outside > 0 && fault.code === "source-malformed") && !(unread !== undefined && isOfTiles),
  );
  for (const group of groupRefusals(others)) findings.push(refusalFinding(group));
  const [worst] = serving.damaged.toSorted((one, other) => other.damage.rows - one.damage.rows);
  if (worst !== undefined) findings.push(damageFinding(worst));
  for (const warning of serving.warnings) {
    findings.push({ severity: "warning", code: "profile-ignored", message: `${sentence(warning)}.`, remedy: "none" });
  }
  return findings;
}

function damageFinding({ name, damage: { firstRow, rows, lostPercent } }: DamagedPicture): Finding {
  const message = `It is damaged: ${formatCount(rows)} of its rows can't be read, the first is row ${formatCount(firstRow)}, and ${lostPercent} % of ${name} is lost. Such pictures are served, and kept by no cache.`;
  return { severity: "error", code: "rows-missing", message, remedy: "none" };
}

/** Returns how much of an image is answered, from its findings and requests. */
export function servedOf(picture: PictureReport, findings: readonly Finding[], serving: Serving): Served {
  const { refusal, refused, answered } = serving;
  if (refusal !== undefined) return "none";
  if (findings.every(({ severity }) => severity !== "error")) return "whole";
  const { outside, tiles } = countTiles(picture);
  // Tiles before the point where a file is cut off are answered, though none of them was requested here.
  if (outside > 0 && outside < tiles) return "part";
  // A request that is refused before it is drawn may be answered in another format, or at a smaller size.
  const isUndrawn = answered === 0 && refused.some(({ isOfTiles }) => isOfTiles);
  return isUndrawn || picture.levels.every(isUnread) ? "none" : "part";
}

function countTiles({ levels }: PictureReport): { readonly outside: number; readonly tiles: number } {
  return {
    outside: levels.reduce((sum, { tilesOutside }) => sum + tilesOutside, 0),
    tiles: levels.reduce((sum, { tiles }) => sum + tiles, 0),
  };
}

function isUnread({ jpeg }: LevelReport): boolean {
  return jpeg !== undefined && !decodedProcesses.includes(jpeg.process);
}

/** Requests that are refused with the same message. */
function groupRefusals(refused: readonly Refusal[]): readonly (readonly [Refusal, ...Refusal[]])[] {
  const groups = new Map<string, [Refusal, ...Refusal[]]>();
  for (const refusal of refused) {
    const key = `${refusal.isOfTiles} ${refusal.fault.code} ${withoutNumbers(formatFault(refusal.fault))}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [refusal]);
    else group.push(refusal);
  }
  return [...groups.values()];
}

function withoutNumbers(text: string): string {
  return text.replace(/\d+/g, "0");
}

function refusalFinding(group: readonly [Refusal, ...Refusal[]]): Finding {
  const [{ fault, isOfTiles }] = group;
  const isDamaged = fault.code === "source-malformed";
  const names = group.map(({ name }) => name);
  const what = names.length > 3 ? `${names.slice(0, 3).join(", ")} and more` : names.join(", ");
  return {
    severity: "error",
    code: isOfTiles ? "undecodable" : isDamaged ? "damaged" : "refused",
    message: `${formatFault(fault)} Not served: ${what}.`,
    remedy: isDamaged ? "none" : "conversion",
  };
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
