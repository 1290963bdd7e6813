import {
  formatTemplate,
  parseTemplate,
  pathValues,
  type Template,
  type TemplateValues,
} from "../identity/identifier-template.ts";
import type { RunnableKind } from "./kinds.ts";

/** What may stand in braces in the identifiers of a task. */
const placeholders: readonly (keyof TemplateValues)[] = ["path", "folder", "name", "extension", "collection"];

/** The kinds that make a master, and may make it under another identifier. */
export const kindsWithIdentifiers: readonly RunnableKind[] = ["convert", "repack"];

/** What makes identifiers of keys. */
export interface ItemNaming {
  /** The template, as the task states it. */
  readonly identifiers: string;
  /** What all keys begin with; paths are told from its last slash on. Empty for items by name. */
  readonly prefix: string;
  readonly collection: string | undefined;
}

/** Returns all that is wrong with a template of identifiers, a sentence each without a full stop. Never throws. */
export function templateFaults(identifiers: string): readonly string[] {
  const faults: string[] = [];
  parseTemplate(identifiers, faults, placeholders);
  return faults;
}

/** Returns what makes the identifier of a key; empty where the key has no letter or digit for one. Never throws. */
export function nameItems({ identifiers, prefix, collection = "" }: ItemNaming): (key: string) => string {
  const template: Template = parseTemplate(identifiers, [], placeholders);
  const folder = prefix.slice(0, prefix.lastIndexOf("/") + 1);
  return (key) => {
    const values = { ...pathValues(key.slice(folder.length)), page: "", prefix: "", collection };
    return formatTemplate(template, values);
  };
}
