import { printable } from "./printable.ts";

/** What a command knows about the process it runs in. */
export interface Terminal extends TerminalOutput {
  /** The working folder, which relative paths start from. */
  readonly folder: string;
  /** Holds package.json and build/. */
  readonly projectFolder: string;
  /** The service that a command works for: its wrangler.toml, and where `wrangler dev` keeps its buckets. */
  readonly service: { readonly configFile: string; readonly stateFolder: string };
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Aborted when nobody reads what is printed any more, as after `| head`. */
  readonly unread: AbortSignal;
  /** Asks a person a question that is answered by yes or no; undefined where nobody can be asked. */
  readonly confirm?: ((question: string) => Promise<boolean>) | undefined;
  /** Registers a function that removes what is left when there is no time to wait. */
  readonly onFolder: (removeNow: () => void) => void;
}

/**
 * Everything a command can write, in lines: text with a line break in it is still one line, with the break shown as an
 * escape.
 */
export interface TerminalOutput {
  /** Prints lines of results. */
  readonly print: (lines: readonly string[]) => void;
  /** Writes lines for people, next to the results. */
  readonly say: (lines: readonly string[]) => void;
  /** Shows a line below all others until the next replaces it; an empty line only removes it. */
  readonly show: (line: string) => void;
  /** Whether `show` shows anything, which takes a terminal. */
  readonly isWatched: boolean;
}

/** Where output is written. */
export interface TerminalStreams {
  readonly results: (text: string) => void;
  readonly people: (text: string) => void;
  /** Characters per line of the terminal that shows `people`; undefined when it is a file or a pipe. */
  readonly columns: (() => number) | undefined;
}

const eraseLine = "\r\u001b[2K";

/**
 * Returns the only place where a command line writes: file names and other text from outside can't act on the terminal.
 */
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

/** Cuts a line that would wrap, because only the last row could be erased. */
function cutLine(line: string, columns: number): string {
  return line.length > columns ? `${line.slice(0, Math.max(0, columns - 1))}…` : line;
}
