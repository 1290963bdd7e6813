import { formatTurn } from "./address.js";
import { prepareCopying } from "./copy.js";
import { formatsOf, largestSize, offeredSizes, pictureUrl, viewUrl } from "./iiif.js";
import { formatReads, watchTiles } from "./last-tile.js";
import { nameRights } from "./rights-name.js";

/** Side of the square that an embedded picture fits into, in pixels. */
const embeddedSide = 800;

const formatNames = { jpg: "JPEG", webp: "WebP" };

/** Prepares the panel beside the picture: what it is, downloads, links, and what the service did for it. */
export function createPanel(panel) {
  const part = (name) => panel.querySelector(`#${name}`);
  prepareCopying(panel);
  let stopWatching = () => {};
  let shown;

  const showAccount = ({ strategy = "–", cache = "–", reads, bytes }) => {
    part("tile-strategy").textContent = strategy;
    part("tile-cache").textContent = cache;
    part("tile-storage").textContent = formatReads(reads, bytes);
  };
  const showDownloads = () => {
    const { info, service, identifier, view, rotation } = shown;
    const format = part("download-format").value;
    const items = offeredSizes(info).map((size, index, all) => {
      const name = index === all.length - 1 ? "Full size" : ["Small", "Medium", "Large"][index + 4 - all.length];
      return downloadItem({ name, size, url: pictureUrl(service, info, { size, format }), identifier, format });
    });
    if (view) {
      const url = viewUrl(service, info, { ...view, rotation, format });
      items.push(downloadItem({ name: "What you see", size: view.size, url, identifier, format }));
    }
    part("download-sizes").replaceChildren(...items);
  };
  part("download-format").addEventListener("change", showDownloads);

  return {
    /** Shows what is known of a picture before the service has said anything; what it said of another is gone. */
    prepare({ identifier, description, objectPath }, service) {
      stopWatching();
      stopWatching = watchTiles(service, showAccount);
      shown = undefined;
      part("about-description").textContent = description ?? "";
      part("about-size-row").hidden = true;
      part("about-object-row").hidden = !objectPath;
      if (objectPath) part("about-object").href = objectPath;
      part("about-rights-row").hidden = true;
      part("download").hidden = true;
      for (const name of ["view-link", "view-url", "citation", "embed"]) part(name).value = "";
      part("viewer-info").href = `${service}/info.json`;
      part("viewer-info").title = `info.json of ${identifier}`;
      showAccount({});
    },
    /** Shows what info.json says of it. */
    fill(picture, service, info) {
      shown = { info, service, identifier: picture.identifier, rotation: "0" };
      part("about-size-row").hidden = false;
      part("about-size").textContent = `${formatSize(info)} pixels`;
      const { rights } = info;
      part("about-rights-row").hidden = !isWebAddress(rights);
      if (isWebAddress(rights)) {
        part("about-rights").href = rights;
        part("about-rights").textContent = nameRights(rights);
      }
      const select = part("download-format");
      select.replaceChildren(
        ...formatsOf(info).map((format) => new Option(formatNames[format] ?? format.toUpperCase(), format)),
      );
      part("download").hidden = false;
      showDownloads();
    },
    /** Shows the addresses that lead to the view, and the words to cite and to embed the picture with. */
    showView(picture, { view, turn, link }) {
      if (!shown) return;
      const { info, service } = shown;
      shown.view = view;
      shown.rotation = formatTurn(turn);
      part("view-link").value = link;
      part("view-url").value = viewUrl(service, info, { ...view, rotation: shown.rotation });
      part("citation").value = cite(picture, link);
      part("embed").value = embed(picture, { info, service, link });
      showDownloads();
    },
    close() {
      stopWatching();
    },
  };
}

function downloadItem({ name, size, url, identifier, format }) {
  const item = document.createElement("li");
  const link = Object.assign(document.createElement("a"), {
    href: `${url}?download`,
    download: `${identifier.replaceAll("/", "-")}-${size.width}.${format}`,
    textContent: name,
  });
  const measure = Object.assign(document.createElement("span"), { className: "quiet", textContent: formatSize(size) });
  item.append(link, measure);
  return item;
}

function formatSize({ width, height }) {
  return `${width} × ${height}`;
}

function isWebAddress(text) {
  return /^https?:\/\//.test(text ?? "");
}

/** Title, address and the day it was seen. */
function cite({ title }, link) {
  const day = new Date().toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
  return `${title}. ${link} (seen on ${day}).`;
}

/** The picture as it is, as a link to the view: other sites may show pictures, and not put this page into a frame. */
function embed({ title, description }, { info, service, link }) {
  const scale = Math.min(1, embeddedSide / Math.max(info.width, info.height));
  const largest = largestSize(info);
  const width = Math.min(largest.width, Math.max(1, Math.round(info.width * scale)));
  const height = Math.min(largest.height, Math.max(1, Math.round(info.height * scale)));
  const source = pictureUrl(service, info, { size: { width, height } });
  const image = `<img src="${source}" width="${width}" height="${height}" alt="${escapeHtml(description ?? title)}">`;
  return `<a href="${escapeHtml(link)}">${image}</a>`;
}

function escapeHtml(text) {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
