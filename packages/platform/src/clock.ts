/** Says what time it is. Passed to whatever needs to know, so that a test can say. */
export type Clock = () => Date;

/** The clock of this machine. What decides over seats or money asks the database's instead. */
export const machineClock: Clock = () => new Date();
