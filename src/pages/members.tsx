import type { Member } from "../catalogue/collection.ts";
import type { StoredImage } from "../catalogue/stored-image.ts";
import { thumbnailPicture } from "../presentation/picture-address.ts";
import { collectionPath, localAddresses, objectPath, type Site } from "./site.ts";
import { Label } from "./texts.tsx";

/** So many pictures of a list are seen at once: the others wait until they are scrolled to. */
const seenAtOnce = 8;

/** Shows members of a collection, each by its picture and its label. */
export function Members({ site, members }: { readonly site: Site; readonly members: readonly Member[] }) {
  return (
    <ul class="cards">
      {members.map((member, index) => (
        <li class="card">
          <a href={member.kind === "object" ? objectPath(member.key) : collectionPath(member.key)}>
            <span class="frame">
              <Thumbnail site={site} image={member.thumbnail} isLazy={index >= seenAtOnce} />
            </span>
            <span class="title">
              <Label map={member.label} otherwise={member.key} />
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
}

interface ThumbnailProps {
  readonly site: Site;
  readonly image: StoredImage | undefined;
  readonly isLazy: boolean;
  /** The longer side that is wanted, in pixels. */
  readonly side?: number;
}

/** Shows the picture of a list, in a size that is stored. The label beside it says what it is of. */
export function Thumbnail({ site, image, isLazy, side }: ThumbnailProps) {
  if (image === undefined) return <span class="no-picture">No picture</span>;
  const { uri, width, height } = thumbnailPicture(localAddresses(site), 3, image, side);
  return <img src={uri} width={width} height={height} alt="" loading={isLazy ? "lazy" : "eager"} decoding="async" />;
}
