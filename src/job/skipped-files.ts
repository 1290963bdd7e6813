/** Why something that lies in a folder is not taken. */
export type SkippedKind = "other-extension" | "hidden" | "broken-link" | "link-to-taken-folder" | "not-a-file";

/** What of one kind is not taken. */
export interface SkippedFiles {
  readonly kind: SkippedKind;
  readonly count: number;
  /** The first of them that may be missed: paths as they are shown. */
  readonly examples: readonly string[];
  /** How many have which extension, where that is the reason. */
  readonly extensions?: Readonly<Record<string, number>>;
}

/** Counts what is not taken. */
export interface SkippedCounter {
  /** `path` is left out where nobody will miss it; it is then only counted. */
  readonly add: (kind: SkippedKind, path?: string) => void;
  readonly addExtension: (extension: string) => void;
  readonly sum: () => readonly SkippedFiles[];
}

const shownExamples = 5;

/** Starts to count. */
export function countSkipped(): SkippedCounter {
  const kinds = new Map<SkippedKind, { count: number; examples: string[] }>();
  const extensions = new Map<string, number>();
  const add = (kind: SkippedKind, path?: string): void => {
    const found = kinds.get(kind) ?? { count: 0, examples: [] };
    kinds.set(kind, found);
    found.count += 1;
    if (path !== undefined && found.examples.length < shownExamples) found.examples.push(path);
  };
  return {
    add,
    addExtension(extension) {
      add("other-extension");
      extensions.set(extension, (extensions.get(extension) ?? 0) + 1);
    },
    sum: () =>
      [...kinds].map(([kind, { count, examples }]) => ({
        kind,
        count,
        examples,
        ...(kind === "other-extension" ? { extensions: Object.fromEntries([...extensions].sort()) } : {}),
      })),
  };
}

const reasons: Readonly<Record<Exclude<SkippedKind, "other-extension">, string>> = {
  hidden: "left out, for their names start with a dot",
  "broken-link": "left out, for they are links that lead nowhere",
  "link-to-taken-folder": "left out, for links lead to folders that are taken anyway",
  "not-a-file": "left out, for they are neither files nor folders",
};

/** Formats what is not taken as sentences without a full stop, one a kind. */
export function formatSkipped(skipped: readonly SkippedFiles[]): readonly string[] {
  return skipped.flatMap(({ kind, count, examples, extensions }) => {
    if (kind === "other-extension") {
      const counts = Object.entries(extensions ?? {}).map(([extension, number]) => `${number} ${extension}`);
      return [`left out of the folders for their names: ${counts.sort().join(", ")}`];
    }
    if (examples.length === 0) return [`${reasons[kind]}: ${count}, none of them an image or a folder`];
    const more = count > examples.length ? ` and ${count - examples.length} more` : "";
    return [`${reasons[kind]}: ${examples.join(", ")}${more}`];
  });
}
