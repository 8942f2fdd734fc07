import type { MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';

/**
 * Headers of every response. Nothing but the site's own stylesheet, script and icon may load; caches and search engines keep
 * nothing, frames show nothing. The referrer stays within the site (`no-referrer` would take the Origin from form posts).
 */
export function securityHeaders(https: boolean): MiddlewareHandler[] {
  return [
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        styleSrc: ["'self'"],
        scriptSrc: ["'self'"],
        imgSrc: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
        requireTrustedTypesFor: ["'script'"],
      },
      permissionsPolicy: { camera: [], geolocation: [], microphone: [], payment: [], usb: [] },
      referrerPolicy: 'same-origin',
      strictTransportSecurity: https ? 'max-age=31536000' : false,
      xFrameOptions: 'DENY',
    }),
    async (c, next) => {
      await next();
      c.res.headers.set('X-Robots-Tag', 'noindex, nofollow, noarchive');
      if (!c.res.headers.has('Cache-Control')) c.res.headers.set('Cache-Control', 'private, no-store');
    },
  ];
}
