/** Made of parts, so that no scanner takes these samples for real ones. */
export const letters = (length: number) => 'aB3dE6gH9jK2mN5pQ8sT1vW4yZ7'.repeat(12).slice(0, length);
export const hex = (length: number) => '0123456789abcdef'.repeat(12).slice(3, length + 3);
export const upper = (length: number) => 'QWERTY2345ASDFGH67ZXCVBN'.repeat(4).slice(0, length);

/** Base64 of anything. */
export const base64 = (plain: string) => btoa(plain);
/** Base64 for URLs, as the parts of a JWT are written. */
const base64Url = (plain: string) => btoa(plain).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

export const header = (alg: string) => base64Url(JSON.stringify({ alg, typ: 'JWT' }));
export const claims = base64Url(JSON.stringify({ sub: 'system:serviceaccount:docs:pdf-renderer', iat: 1_763_715_600 }));
export const jwt = `${header('RS256')}.${claims}.${letters(43)}`;

export const base64Lines = `${letters(64)}\n${letters(64)}\n${letters(20)}==`;
export const pem = (label: string, body = base64Lines) => `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----`;
