/** What gives everything of a run in a chat. */
export const transcriptCommand = (run: string): string => `/execfmt transcript ${run}`;
