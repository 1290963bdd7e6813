import type { Terminal } from "./cli.ts";

/** What shows to a person how far a check is. */
export interface CheckProgress {
  readonly onStart: (path: string) => void;
  readonly onEnd: () => void;
  /** Takes the line away, so that something else can be printed. */
  readonly clear: () => void;
}

const barCharacters = 20;

/** Words how far a check is in one line of at most `columns` characters. Never throws. */
export function formatCheckProgress(
  { files, done, path }: { readonly files: number; readonly done: number; readonly path: string },
  columns: number,
): string {
  const filled = Math.round((done / Math.max(1, files)) * barCharacters);
  const line = `[${"#".repeat(filled)}${"-".repeat(barCharacters - filled)}]  ${done}/${files}  ${path}`;
  return line.length > columns ? `${line.slice(0, Math.max(0, columns - 1))}…` : line;
}

/** Shows the progress over files in one line that is drawn over; nothing where nobody watches. Never throws. */
export function showCheckProgress(
  files: number,
  { write, columns }: Pick<Terminal, "write" | "columns">,
): CheckProgress {
  if (columns === undefined || files < 2) return { onStart: () => {}, onEnd: () => {}, clear: () => {} };
  let done = 0;
  let path = "";
  const draw = () => write(`\r\u001b[2K${formatCheckProgress({ files, done, path }, columns())}`);
  return {
    onStart: (started) => {
      path = started;
      draw();
    },
    onEnd: () => {
      done += 1;
      draw();
    },
    clear: () => write("\r\u001b[2K"),
  };
}
