import type { Child } from "hono/jsx";

/** What a part of a page is headed by. */
export interface PanelProps {
  readonly name: string;
  readonly title: string;
  readonly isWide?: boolean;
  readonly children?: Child;
}

/** A part of a page, under a heading of its own. */
export function Panel({ name, title, isWide = false, children }: PanelProps) {
  return (
    <section class={isWide ? "panel panel-wide" : "panel"} aria-labelledby={name}>
      <h2 id={name}>{title}</h2>
      {children}
    </section>
  );
}

/** What stands in place of a part that can't be read. */
export const unread = "This can’t be read now; the log says why.";

/** One of the columns of a part. */
export function Column({ title, children }: { readonly title: string; readonly children?: Child }) {
  return (
    <div>
      <h3>{title}</h3>
      {children}
    </div>
  );
}
