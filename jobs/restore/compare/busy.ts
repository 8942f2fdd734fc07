/** How long the comparison waits for a lock on the database, in milliseconds. */
export const busyMs = 5000;
