import { manifestUri } from "../presentation/addresses.ts";
import type { ObjectView } from "./object-view.ts";
import { objectPath } from "./site.ts";

/** Viewers of others that open a manifest by an address. Source: the pages that each of them links to. */
const viewers = [
  { name: "Mirador", root: "https://projectmirador.org/embed/?iiif-content=" },
  { name: "Universal Viewer", root: "https://uv-v4.netlify.app/#?manifest=" },
  { name: "Theseus", root: "https://theseusviewer.org/?iiif-content=" },
] as const;

/** Shows where the object can be opened, and the addresses that viewers take. */
export function UseElsewhere({ view: { site, work } }: { readonly view: ObjectView }) {
  const { addresses } = site;
  const manifest = manifestUri(addresses, 3, work.key);
  const state = `${addresses.base}${objectPath(work.key)}?iiif-content=${encodeURIComponent(manifest)}`;
  return (
    <section class="use" aria-labelledby="use-heading">
      <h2 id="use-heading">Use it elsewhere</h2>
      <ul class="viewers">
        {viewers.map(({ name, root }) => (
          <li>
            <a class="text-button" href={`${root}${encodeURIComponent(manifest)}`}>
              Open in {name}
            </a>
          </li>
        ))}
      </ul>
      <div class="field">
        <label for="manifest">Manifest, IIIF Presentation 3.0</label>
        <div class="copied">
          <input id="manifest" type="text" readonly value={manifest} spellcheck={false} autocomplete="off" />
          {site.hasAssets && (
            <button class="text-button" type="button" data-copies="manifest">
              Copy<span class="visually-hidden"> the address of the manifest</span>
            </button>
          )}
        </div>
      </div>
      <p id="copy-status" class="visually-hidden" role="status" />
      <ul class="plain-links">
        <li>
          <a href={manifest}>Manifest 3.0</a>
        </li>
        <li>
          <a href={manifestUri(addresses, 2, work.key)}>Manifest 2.1</a>
        </li>
        <li>
          <a class="iiif-drag" href={state} title="Drag this into a viewer">
            IIIF<span class="visually-hidden">: drag this link into a viewer</span>
          </a>
        </li>
      </ul>
    </section>
  );
}
