/** A browser of tests: it keeps cookies by host and port, and goes on where it is sent. */
export class CookieJar {
  readonly #kept = new Map<string, Map<string, string>>();

  /** Asks for a page, once. */
  async ask(url: string, init: RequestInit = {}): Promise<Response> {
    const { host } = new URL(url);
    const kept = this.#kept.get(host) ?? new Map<string, string>();
    this.#kept.set(host, kept);
    const headers = new Headers(init.headers);
    headers.set("Accept", "text/html");
    if (kept.size > 0) headers.set("Cookie", [...kept].map(([name, value]) => `${name}=${value}`).join("; "));
    const response = await fetch(url, { ...init, headers, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "" || /max-age=0|expires=Thu, 01 Jan 1970/i.test(line)) kept.delete(name);
      else kept.set(name, value);
    }
    return response;
  }

  /** Asks for a page and goes on until there is one. Throws after twenty steps. */
  async follow(
    url: string,
    init?: RequestInit,
  ): Promise<{ readonly url: string; readonly status: number; readonly text: string }> {
    let at = url;
    let response = await this.ask(at, init);
    for (let steps = 0; steps < 20; steps++) {
      const location = response.headers.get("Location");
      if (location === null) return { url: at, status: response.status, text: await response.text() };
      await response.body?.cancel();
      at = new URL(location, at).href;
      response = await this.ask(at);
    }
    throw new Error(`${url} leads on and on`);
  }

  /** Sends a form. */
  send(url: string, fields: Readonly<Record<string, string>>): ReturnType<CookieJar["follow"]> {
    return this.follow(url, {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: { Origin: new URL(url).origin },
    });
  }

  /** The value of a cookie of a host and port; undefined where there is none. */
  valueOf(host: string, name: string): string | undefined {
    return this.#kept.get(host)?.get(name);
  }
}
