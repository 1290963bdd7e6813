import { join } from "node:path";
import { type Terminal, terminalOutput } from "../../src/node/terminal.ts";
import { chooseService } from "../../src/settings/service-places.ts";

const projectFolder = join(import.meta.dirname, "..", "..");

/** A terminal, and what was written to it. */
export interface RecordedTerminal {
  readonly terminal: Terminal;
  /** Everything on standard output so far. */
  readonly printed: () => string;
  /** Everything next to it. */
  readonly said: () => string;
}

/** Returns a terminal in `folder` that keeps what is written, byte for byte; `columns` makes it one that is watched. */
export function recordTerminal(
  folder: string,
  { columns, ...change }: Partial<Terminal> & { readonly columns?: number } = {},
): RecordedTerminal {
  let printed = "";
  let said = "";
  const output = terminalOutput({
    results: (text) => {
      printed += text;
    },
    people: (text) => {
      said += text;
    },
    columns: columns === undefined ? undefined : () => columns,
  });
  const terminal: Terminal = {
    ...output,
    folder,
    projectFolder,
    service: chooseService(folder, { isCheckout: true, projectFolder }),
    environment: {},
    signal: new AbortController().signal,
    unread: new AbortController().signal,
    onFolder: () => {},
    ...change,
  };
  return { terminal, printed: () => printed, said: () => said };
}
