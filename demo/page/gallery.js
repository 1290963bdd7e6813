import { fetchInfo, imageService, thumbnailUrl } from "./iiif.js";

const thumbnailSides = [400, 800, 1200];

/** Shows the paintings once the sizes of all are known, so that nothing moves while their pictures arrive. */
export async function showGallery(masters) {
  const infos = await Promise.allSettled(masters.map(({ identifier }) => fetchInfo(imageService(identifier))));
  const works = masters.flatMap((master, index) => {
    const { value } = infos[index];
    return value ? [createWork(master, value)] : [];
  });
  document.querySelector("#gallery").replaceChildren(...works);
  document.querySelector("#credits").textContent = `${[...new Set(masters.map(({ credit }) => credit))].join(". ")}.`;
  if (works.length < masters.length) {
    const missing = masters.filter((_, index) => infos[index].status === "rejected").map(({ title }) => title);
    const message = `Not in the collection at the moment: ${missing.join(", ")}.`;
    document.querySelector("#gallery-message").textContent = message;
  }
}

function createWork(master, { width, height }) {
  const service = imageService(master.identifier);
  const work = element("li", "work");
  work.style.setProperty("--ratio", String(width / height));
  const image = element("img");
  Object.assign(image, {
    width,
    height,
    alt: master.description,
    sizes: "(width < 46rem) 90vw, 30vw",
    srcset: thumbnailSides
      .map((side) => `${thumbnailUrl(service, side)} ${Math.round(side * Math.min(1, width / height))}w`)
      .join(", "),
    src: thumbnailUrl(service, 400),
  });
  const label = element("span", "label");
  label.append(
    element("span", "title", master.title),
    element("span", "artist", `${master.artist}, ${master.date}`),
    element("span", "size", `${width} × ${height} pixels`),
  );
  const link = element("a");
  link.href = `#${encodeURIComponent(master.identifier)}`;
  link.append(image, label);
  work.append(link);
  return work;
}

function element(name, className = "", text = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}
