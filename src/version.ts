/** Version of this package; a test keeps it equal to package.json's. */
export const VERSION = "0.1.0";

/** The version of the original whose behaviour this package has. */
export const COMPATIBLE_VERSION = "1.31";

/** What `ipvsadm -v` prints. Scripts look at how it begins. */
export const VERSION_TEXT = `ipvsadm v${COMPATIBLE_VERSION} (compatible; ipvsadm in TypeScript ${VERSION})\n`;
