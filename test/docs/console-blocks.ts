/** A command of a console block, and what the document says that it prints. */
interface Command {
  readonly text: string;
  readonly shown: readonly string[];
}

/** A block of a document that shows a session in a shell, as CONTRIBUTING.md describes it. */
export interface ConsoleBlock {
  /** The number of its first line, for messages. */
  readonly line: number;
  readonly commands: readonly Command[];
  /** Commands that lay what the block needs and a reader has. */
  readonly setUp: readonly string[];
  /** Texts in what is shown that stand for any number. */
  readonly varying: readonly string[];
  /** Why it is not run; undefined for one that is. */
  readonly notRun: string | undefined;
}

const fence = /((?:^[ ]*<!-- [^\n]* -->\n+)*)^([ ]*)```console\n([\s\S]*?)^\2```$/gm;

/** Reads the console blocks of a document. Throws a RangeError for one that does not begin with a command. */
export function readConsoleBlocks(document: string): readonly ConsoleBlock[] {
  return [...document.matchAll(fence)].map((match) => {
    const [, comments = "", indent = "", body = ""] = match;
    const line = document.slice(0, match.index + comments.length).split("\n").length;
    const notesOf = (name: string): readonly string[] =>
      [...comments.matchAll(new RegExp(`<!-- ${name}: (.*) -->`, "g"))].map(([, text = ""]) => text);
    return {
      line,
      commands: readCommands(
        body
          .split("\n")
          .slice(0, -1)
          .map((text) => text.slice(indent.length)),
        line,
      ),
      setUp: notesOf("set up"),
      varying: notesOf("varies").flatMap((text) => text.split(" ")),
      notRun: notesOf("not run")[0],
    };
  });
}

function readCommands(lines: readonly string[], firstLine: number): readonly Command[] {
  const commands: { text: string; readonly shown: string[] }[] = [];
  for (const line of lines) {
    const last = commands.at(-1);
    if (line.startsWith("$ ")) commands.push({ text: line.slice(2), shown: [] });
    else if (last === undefined) throw new RangeError(`The block at line ${firstLine} does not begin with "$ "`);
    else if (line.startsWith("> ") && last.text.endsWith("\\")) last.text += `\n${line.slice(2)}`;
    else last.shown.push(line);
  }
  return commands;
}

/**
 * Returns what matches the output that is shown: a line of `…` stands for any lines, `…` in a line for any text, a varying
 * text for any number, columns may be wider or narrower, and what ends a line unseen does not count.
 */
export function outputPattern(shown: readonly string[], varying: readonly string[]): RegExp {
  const lines = shown.map((line) => (line === "…" ? "(?:.*\\n)*?" : `${linePattern(line, varying)}[ \\t\\r]*\\n`));
  return new RegExp(`^${lines.join("")}$`);
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function linePattern(line: string, varying: readonly string[]): string {
  return line
    .split(/(\s+|…)/)
    .map((word) => {
      if (word === "…") return ".*";
      if (/^\s+$/.test(word)) return "\\s+";
      const [, before = "", number = "", after = ""] = /^(\W*)(.*?)(\W*)$/.exec(word) ?? [];
      return varying.includes(number) ? `${literally(before)}[\\d.,]+${literally(after)}` : literally(word);
    })
    .join("");
}
