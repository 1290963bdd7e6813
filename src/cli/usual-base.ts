/** Where `npm start` serves images and documents. */
export const usualBase = "http://127.0.0.1:8787";
