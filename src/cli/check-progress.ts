import type { TerminalOutput } from "../node/terminal.ts";

/** Shows a person how far a check has come. */
export interface CheckProgress {
  readonly onStart: (path: string) => void;
  readonly onEnd: () => void;
}

const barCharacters = 20;

/** Formats how far a check has come, as one line. */
export function formatCheckProgress({
  files,
  done,
  path,
}: {
  readonly files: number;
  readonly done: number;
  readonly path: string;
}): string {
  const filled = Math.round((done / Math.max(1, files)) * barCharacters);
  return `[${"#".repeat(filled)}${"-".repeat(barCharacters - filled)}]  ${done}/${files}  ${path}`;
}

/** Shows the progress over several files, or over nobody knows how many, as one line that is redrawn. */
export function showCheckProgress(files: number | undefined, terminal: TerminalOutput): CheckProgress {
  if (files !== undefined && files < 2) return { onStart: () => {}, onEnd: () => {} };
  let done = 0;
  let path = "";
  const draw = () =>
    terminal.show(files === undefined ? `${done} checked  ${path}` : formatCheckProgress({ files, done, path }));
  return {
    onStart: (started) => {
      path = started;
      draw();
    },
    onEnd: () => {
      done += 1;
      draw();
    },
  };
}
