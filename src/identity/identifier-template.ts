import { listWords } from "../spelling.ts";

/** The values of a template's placeholders; those that don't apply are empty. */
export interface TemplateValues {
  /** Path from the folder that was named, without the extension: `maps/1850/plate`. */
  readonly path: string;
  /** The folders of that path: `maps/1850`. */
  readonly folder: string;
  /** The file's name without the extension: `plate`. */
  readonly name: string;
  /** The file's extension without the dot: `tif`. */
  readonly extension: string;
  /** Number of the page, from 1, when all pages of a file with several are taken. */
  readonly page: string;
  readonly collection: string;
  readonly prefix: string;
}

/** A parsed template. A group is left out when one of its placeholders is empty. */
export interface Template {
  readonly groups: readonly { readonly parts: readonly TemplatePart[]; readonly isOptional: boolean }[];
}

type TemplatePart = { readonly text: string } | { readonly placeholder: keyof TemplateValues };

/** What may stand in braces. */
const templatePlaceholders: readonly (keyof TemplateValues)[] = [
  "path",
  "folder",
  "name",
  "extension",
  "page",
  "collection",
  "prefix",
];

/** The default template: collection and prefix first, the page last, where they exist. */
export const defaultTemplate = "[{collection}/][{prefix}]{path}[-{page}]";

/**
 * Parses a template: text, `{placeholder}`, and groups in brackets, `[-{page}]`. Adds a sentence to `faults` for
 * everything that is wrong with it. `known` are the placeholders that have values.
 */
export function parseTemplate(
  template: string,
  faults: string[],
  known: readonly (keyof TemplateValues)[] = templatePlaceholders,
): Template {
  const wrong = (what: string) => faults.push(`the identifier template ${JSON.stringify(template)} ${what}`);
  const groups = template.match(/\[[^[\]]*\]|[^[\]]+/g) ?? [];
  if (groups.join("") !== template) wrong("has unbalanced brackets");
  const parsed = groups.map((group) => {
    const isOptional = group.startsWith("[");
    const content = isOptional ? group.slice(1, -1) : group;
    const parts = (content.match(/\{[^{}]*\}|[^{}]+|[{}]/g) ?? []).map((part): TemplatePart => {
      const placeholder = known.find((name) => part === `{${name}}`);
      if (placeholder !== undefined) return { placeholder };
      if (/[{}]/.test(part)) wrong(`has ${part}, but the only placeholders are {${listWords(known, "and")}}`);
      else if (!/^[\p{L}\p{N}\p{M}._~:/-]+$/u.test(part))
        wrong(`may only contain letters, digits and . _ ~ : / - as text`);
      return { text: part };
    });
    return { parts, isOptional };
  });
  const used = new Set(parsed.flatMap(({ parts }) => parts.map((part) => "placeholder" in part && part.placeholder)));
  if (!used.has("path") && !used.has("name")) wrong("needs {path} or {name} to tell files apart");
  return { groups: parsed };
}

/** Returns whether a template uses a placeholder. */
export function usesPlaceholder(template: Template, placeholder: keyof TemplateValues): boolean {
  return template.groups.some(({ parts }) =>
    parts.some((part) => "placeholder" in part && part.placeholder === placeholder),
  );
}

/**
 * Returns the identifier that a template makes from values. Every character other than a letter, a digit or one of `. _
 * ~ -` becomes `-`; letters are kept, in composed form (NFC); dots and hyphens at either end of a path segment are
 * dropped, so that no segment starts with a dot. Empty when nothing is left.
 */
export function formatTemplate(template: Template, values: TemplateValues): string {
  const text = template.groups
    .filter(
      ({ parts, isOptional }) =>
        !isOptional || parts.every((part) => !("placeholder" in part) || values[part.placeholder] !== ""),
    )
    .flatMap(({ parts }) => parts.map((part) => ("text" in part ? part.text : safeValue(part.placeholder, values))))
    .join("");
  return text
    .split("/")
    .filter((segment) => segment !== "")
    .join("/")
    .normalize("NFC");
}

/** Collection and prefix were checked when they were given, and may end in a separator; the rest comes from file names. */
function safeValue(placeholder: keyof TemplateValues, values: TemplateValues): string {
  const value = values[placeholder].normalize("NFC");
  if (placeholder === "collection" || placeholder === "prefix") return value;
  return value
    .split("/")
    .map((segment) => segment.replace(/[^\p{L}\p{N}\p{M}._~-]+/gu, "-").replace(/^[.-]+|[.-]+$/g, ""))
    .filter((segment) => segment !== "")
    .join("/");
}

/** Returns the values of a template that a path gives, from the folder that was named. */
export function pathValues(relative: string): Pick<TemplateValues, "path" | "folder" | "name" | "extension"> {
  const path = relative.replace(/\.[^./]*$/, "");
  return {
    path,
    folder: path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "",
    name: path.slice(path.lastIndexOf("/") + 1),
    extension: relative.slice(path.length + 1),
  };
}
