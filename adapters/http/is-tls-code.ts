const TLS_CODES = /^(?:ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|ERR_OSSL|EPROTO$)/;

/** Whether an error's code is one of TLS: Node's own, or of OpenSSL's verification, which node:tls hands on. */
export function isTlsCode(code: string): boolean {
  return TLS_CODES.test(code);
}
