/** The places of an isolate for items that are slow, and go on beside the ones that come after them. */
export class SlowItems {
  readonly #until = new Set<{ readonly milliseconds: number }>();

  /**
   * Takes a place until a time, in milliseconds, after which its holder counts as lost. Returns what gives it back; undefined
   * where `most` are taken.
   */
  take(now: number, until: number, most: number): (() => void) | undefined {
    for (const place of this.#until) if (place.milliseconds <= now) this.#until.delete(place);
    if (this.#until.size >= most) return undefined;
    const place = { milliseconds: until };
    this.#until.add(place);
    return () => void this.#until.delete(place);
  }
}
