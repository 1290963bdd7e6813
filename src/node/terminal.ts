import { printable } from "./printable.ts";

/** What a command sees of the process it runs in. */
export interface Terminal extends TerminalOutput {
  /** The working folder, where relative paths start. */
  readonly folder: string;
  /** Holds wrangler.toml and build/. */
  readonly projectFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Called with what must still be done when there is no time left. */
  readonly onFolder: (removeNow: () => void) => void;
}

/** All that a command can write, in lines: text with a line break in it is one line still, and shows the break. */
export interface TerminalOutput {
  /** Prints lines of results. */
  readonly print: (lines: readonly string[]) => void;
  /** Writes lines for people, next to the results. */
  readonly say: (lines: readonly string[]) => void;
  /** Shows a line below all others until the next takes its place; an empty one only takes it away. */
  readonly show: (line: string) => void;
  /** Whether somebody sees what `show` shows. */
  readonly isWatched: boolean;
}

/** Where output goes. */
export interface TerminalStreams {
  readonly results: (text: string) => void;
  readonly people: (text: string) => void;
  /** Characters of a line of a terminal that shows `people`; undefined where it goes into a file or a pipe. */
  readonly columns: (() => number) | undefined;
}

const eraseLine = "\r\u001b[2K";

/** Returns the one place where a command line writes: file names and other text from outside can't act on a terminal. */
export function terminalOutput({ results, people, columns }: TerminalStreams): TerminalOutput {
  let shown = "";
  const draw = (line: string) => {
    if (columns === undefined || (shown === "" && line === "")) return;
    people(`${eraseLine}${cutLine(printable(line), columns())}`);
  };
  const writer = (write: (text: string) => void) => (lines: readonly string[]) => {
    if (lines.length === 0) return;
    draw("");
    write(lines.map((line) => `${printable(line)}\n`).join(""));
    draw(shown);
  };
  return {
    print: writer(results),
    say: writer(people),
    show: (line) => {
      draw(line);
      shown = line;
    },
    isWatched: columns !== undefined,
  };
}

/** Cuts a line that would go on in the next one, where it could not be erased. */
function cutLine(line: string, columns: number): string {
  return line.length > columns ? `${line.slice(0, Math.max(0, columns - 1))}…` : line;
}
