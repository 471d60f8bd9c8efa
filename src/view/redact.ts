export function redact(text: string): string {
  return text.replace(/(password|token|api_key)=\S+/gi, '$1=[removed]');
}
