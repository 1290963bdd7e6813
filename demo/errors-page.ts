/** One error as docs/errors.md explains it. */
export interface ExplainedError {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly meaning: string;
}

/** Reads the table of docs/errors.md. */
export function readErrors(markdown: string): readonly ExplainedError[] {
  return [...markdown.matchAll(/^\| `([a-z-]+)` \| (\d{3}) \| ([^|]+) \| ([^|]+) \|$/gm)].map(
    ([, code = "", status, title = "", meaning = ""]) => ({ code, status: Number(status), title, meaning }),
  );
}

/** Returns the page that errors link to: each has the place that its code names. */
export function formatErrorsPage(errors: readonly ExplainedError[]): string {
  const entries = errors.map(
    ({ code, status, title, meaning }) =>
      `<section id="${code}"><h2>${escapeText(title)}</h2><p><code>${code}</code> · ${status}</p><p>${format(meaning)}</p></section>`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Errors of this image service</title>
<meta name="color-scheme" content="light dark">
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/tokens.css">
<link rel="stylesheet" href="/base.css">
<link rel="stylesheet" href="/errors.css">
<main>
<h1>Errors</h1>
${entries.join("\n")}
</main>
</html>
`;
}

/** Text between backquotes is code; of a link its words remain. */
function format(markdown: string): string {
  return escapeText(markdown)
    .replace(/`([^`]+)`/g, "<code>$1</code>")
    .replace(/\[([^\]]+)\]\([^)]+\)/g, "$1");
}

function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
