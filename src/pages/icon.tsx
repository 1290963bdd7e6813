/** Drawings of 24 by 24 units, by name. */
const drawings = {
  back: "M15 5l-7 7 7 7",
  forward: "M9 5l7 7-7 7",
  "zoom-out": "M5 12h14",
  "zoom-in": "M5 12h14M12 5v14",
  "zoom-home": "M3.5 6.5h17v11h-17zM7 10h10v4H7z",
  turn: "M18.5 8.5A7.5 7.5 0 1 0 19.5 12M19 4v5h-5",
  mirror: "M12 3v18M9 7v10H3zM15 7v10h6z",
  "full-screen": "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
} as const;

/** Shows what a button does; its label says so in words. */
export function Icon({ name }: { readonly name: keyof typeof drawings }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
      <path d={drawings[name]} />
    </svg>
  );
}
