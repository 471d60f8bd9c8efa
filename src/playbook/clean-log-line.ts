// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what terminals are told
const ESCAPES = /\u001b(?:\[[0-9;:?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\^_])/g;
/** Markers of GitLab's collapsible sections: `section_start:1700000000:build_script[collapsed=true]`. */
const SECTION = /section_(?:start|end):\d+:[^\r\s]*\r?/g;
/** GitHub's timestamps, and GitLab's with the stream and continuation behind them. */
const TIMESTAMP = /^\uFEFF?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z (?:\d\d[OE][+ ])?/;
/** GitHub's workflow commands as logs show them: `##[group]Run docker build .` */
const MARKER = /^##\[[a-z]+\]/;

/** A line of a CI log as a person sees it: no timestamp, no colours, no section markers, of a progress line its last state. */
export function cleanLogLine(raw: string): string {
  const plain = raw.replace(TIMESTAMP, '').replace(ESCAPES, '').replace(SECTION, '');
  const shown = plain.split('\r').findLast((part) => part.trim() !== '') ?? '';
  return shown.replace(MARKER, '').replaceAll('\t', ' ').trimEnd();
}
