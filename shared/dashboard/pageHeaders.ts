/**
 * What a browser may do with the page: run and style itself with its own files only, ask its own API, show pictures of
 * its own and of the map's tiles. No inline code, no frame around it, nothing from anybody else.
 * https://developer.mozilla.org/docs/Web/HTTP/Guides/CSP
 */
export function pageHeaders(tileOrigin: string | null): Record<string, string> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src 'self'${tileOrigin === null ? '' : ` ${tileOrigin}`}`,
    "connect-src 'self'",
    "worker-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ];
  return {
    'Content-Security-Policy': policy.join('; '),
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    // A service of map tiles may ask who shows them; which call is looked at it never hears.
    'Referrer-Policy': 'strict-origin-when-cross-origin',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
    'Strict-Transport-Security': 'max-age=31536000',
    'X-Robots-Tag': 'noindex',
  };
}
