/** A place that a sheet names, by degrees of longitude and latitude. */
export interface PlaceName {
  readonly name: string;
  readonly at: readonly [number, number];
  /** Water is written in italics. */
  readonly isWater?: true;
}

/** A sheet of the atlas: a part of the world and the places that it names. */
export interface Sheet {
  readonly file: string;
  readonly number: string;
  readonly title: string;
  /** From west to east and from south to north, in degrees. */
  readonly longitudes: readonly [number, number];
  readonly latitudes: readonly [number, number];
  readonly places: readonly PlaceName[];
}

const land = (name: string, longitude: number, latitude: number): PlaceName => ({ name, at: [longitude, latitude] });
const water = (name: string, longitude: number, latitude: number): PlaceName => ({
  ...land(name, longitude, latitude),
  isWater: true,
});

/** The sheets of the atlas, in order. */
export const sheets: readonly Sheet[] = [
  {
    file: "1-world",
    number: "I",
    title: "The World",
    longitudes: [-180, 180],
    latitudes: [-90, 90],
    places: [
      ...[water("Pacific Ocean", -140, 4), water("Atlantic Ocean", -38, 24), water("Indian Ocean", 80, -24)],
      ...[water("Southern Ocean", 20, -58), water("Arctic Ocean", -10, 80)],
      ...[land("North America", -102, 46), land("South America", -59, -11), land("Africa", 21, 7)],
      ...[land("Europe", 22, 51), land("Asia", 92, 47), land("Australia", 134, -25), land("Antarctica", 70, -78)],
    ],
  },
  {
    file: "2-north-america",
    number: "II",
    title: "North America",
    longitudes: [-168, -52],
    latitudes: [8, 74],
    places: [
      ...[land("Alaska", -152, 65.5), land("Rocky Mountains", -117, 52), land("Great Plains", -101, 42)],
      ...[land("Great Lakes", -85, 43), land("Appalachians", -79, 37), land("Sierra Madre", -105, 25)],
      ...[land("Yucatán", -89, 19.5), land("Labrador", -65, 54), land("Baffin Island", -71, 68)],
      ...[water("Hudson Bay", -85, 60), water("Gulf of Mexico", -91, 25.5), water("Caribbean Sea", -73, 15)],
      ...[water("Pacific Ocean", -142, 33), water("Atlantic Ocean", -61, 33)],
    ],
  },
  {
    file: "3-south-america",
    number: "III",
    title: "South America",
    longitudes: [-94, -30],
    latitudes: [-57, 14],
    places: [
      ...[land("Amazon Basin", -62, -4), land("Guiana Highlands", -62, 4.5), land("Llanos", -70, 6)],
      ...[land("Mato Grosso", -55, -13), land("Andes", -71.5, -14), land("Atacama Desert", -67, -24)],
      ...[land("Gran Chaco", -60, -21), land("Pampas", -63, -35), land("Patagonia", -69, -45)],
      ...[land("Tierra del Fuego", -66, -54.4), land("Galápagos Islands", -89, -1.8)],
      ...[water("Pacific Ocean", -84, -29), water("Atlantic Ocean", -42, -41), water("Caribbean Sea", -76, 12.8)],
    ],
  },
  {
    file: "4-europe",
    number: "IV",
    title: "Europe",
    longitudes: [-25, 46],
    latitudes: [34, 72],
    places: [
      ...[land("Iceland", -18.5, 65), land("Scandinavia", 15, 63), land("British Isles", -3, 53.5)],
      ...[land("Iberian Peninsula", -4, 40), land("Pyrenees", 0.7, 42.7), land("Alps", 10, 46.6)],
      ...[
        land("Carpathians", 25, 47),
        land("Balkans", 21.5, 42.8),
        land("Anatolia", 33, 39),
        land("Caucasus", 42.5, 42.5),
      ],
      ...[water("North Sea", 3, 56.5), water("Baltic Sea", 19, 57), water("Bay of Biscay", -5, 45.5)],
      ...[water("Mediterranean Sea", 17, 35.3), water("Black Sea", 34.5, 43.3), water("Atlantic Ocean", -17, 50)],
      ...[water("Norwegian Sea", 3, 67)],
    ],
  },
  {
    file: "5-africa",
    number: "V",
    title: "Africa",
    longitudes: [-21, 54],
    latitudes: [-36, 38.5],
    places: [
      ...[land("Sahara", 9, 23), land("Sahel", 4, 14), land("Atlas Mountains", -1, 33), land("Nile Valley", 31.5, 25)],
      ...[land("Ethiopian Highlands", 39, 9.5), land("Horn of Africa", 46, 7), land("Congo Basin", 22, -1)],
      ...[
        land("Kalahari", 22, -23),
        land("Namib", 14.8, -20),
        land("Madagascar", 46.7, -19.5),
        land("Drakensberg", 28.5, -30),
      ],
      ...[water("Gulf of Guinea", 1, 1.5), water("Red Sea", 38, 20.5), water("Lake Victoria", 33, -1)],
      ...[water("Atlantic Ocean", -8, -18), water("Indian Ocean", 46, -7), water("Mediterranean Sea", 18, 34.5)],
    ],
  },
  {
    file: "6-asia",
    number: "VI",
    title: "Asia",
    longitudes: [36, 150],
    latitudes: [-2, 74],
    places: [
      ...[
        land("Siberia", 100, 63),
        land("Ural Mountains", 60, 61),
        land("Gobi", 106, 43),
        land("Taklamakan", 83, 38.8),
      ],
      ...[land("Tibet", 88, 33), land("Himalaya", 84, 28), land("Deccan", 77, 17.5), land("Arabia", 46, 22.5)],
      ...[land("Manchuria", 126, 47), land("Borneo", 114, 1), land("Indochina", 104, 17), land("Kamchatka", 143, 60)],
      ...[water("Caspian Sea", 51, 41), water("Lake Baikal", 109, 53.6), water("Arabian Sea", 63, 14)],
      ...[water("Bay of Bengal", 88, 13), water("South China Sea", 114, 12.5), water("Sea of Japan", 135, 40)],
      ...[water("Indian Ocean", 74, 2), water("Pacific Ocean", 140, 22)],
    ],
  },
  {
    file: "7-australia",
    number: "VII",
    title: "Australia and New Zealand",
    longitudes: [109, 180],
    latitudes: [-49, 1],
    places: [
      ...[land("New Guinea", 141, -5.3), land("Great Sandy Desert", 125, -20), land("Simpson Desert", 137, -25.5)],
      ...[
        land("Nullarbor Plain", 128.5, -30.5),
        land("Great Dividing Range", 147.5, -30),
        land("Tasmania", 146.6, -42.2),
      ],
      ...[land("North Island", 175.5, -38.6), land("South Island", 170.5, -44)],
      ...[water("Arafura Sea", 134, -9.5), water("Coral Sea", 154, -17), water("Tasman Sea", 161, -38)],
      ...[
        water("Great Australian Bight", 130, -35.5),
        water("Indian Ocean", 115, -40),
        water("Pacific Ocean", 169, -20),
      ],
    ],
  },
];
