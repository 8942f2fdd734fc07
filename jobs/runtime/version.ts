/** nightshift's own version; a test holds it to package.json (the bundled image has no package.json to read). */
export const toolVersion = '1.0.0';
