/** The file that configures the program: the option, else EXECFMT_CONFIG; null when there is none. */
export function findConfig(option: string | null): string | null {
  return option ?? (process.env.EXECFMT_CONFIG || null);
}
