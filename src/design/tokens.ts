/**
 * The look that all pages share, as a style sheet of custom properties: colours for light and dark, faces, measures. The
 * gallery links to it, pages that are one file carry it.
 */
export const tokens = `:root {
  color-scheme: light dark;
  --paper: #faf9f6;
  --raised: #f1eee8;
  --ink: #1d1b18;
  --quiet-ink: #645f57;
  --line: #dedad2;
  --accent: #7c3626;
  --mark: #fbe6a2;
  --wall: #151412;
  --wall-raised: #211f1c;
  --wall-ink: #f1eee8;
  --wall-quiet-ink: #aaa499;
  --wall-line: #3a3733;
  --wall-accent: #e0b56a;
  --shadow: 0 1px 2px rgb(40 30 20 / 0.18), 0 10px 28px -12px rgb(40 30 20 / 0.35);
  --shadow-near: 0 1px 2px rgb(40 30 20 / 0.2), 0 22px 40px -16px rgb(40 30 20 / 0.5);
  --serif: "EB Garamond Variable", "Iowan Old Style", "Palatino Linotype", Palatino, "URW Palladio L", P052, Georgia, serif;
  --sans: "Source Sans 3 Variable", system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "Liberation Mono", monospace;
  --gutter: clamp(1.25rem, 5vw, 5rem);
}

@media (prefers-color-scheme: dark) {
  :root {
    --paper: #171614;
    --raised: #22201d;
    --ink: #ece8e1;
    --quiet-ink: #a9a398;
    --line: #37342f;
    --accent: #e0b56a;
    --mark: #5a4a18;
    --shadow: 0 1px 2px rgb(0 0 0 / 0.5), 0 12px 30px -12px rgb(0 0 0 / 0.8);
    --shadow-near: 0 1px 2px rgb(0 0 0 / 0.5), 0 24px 44px -14px rgb(0 0 0 / 0.95);
  }
}
`;
