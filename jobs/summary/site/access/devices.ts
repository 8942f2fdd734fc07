import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { keyFor } from './keys.ts';

export type Devices = {
  /** A cookie value for a device that somebody has just signed in on. */
  remember(): string;
  /** The device's identifier; null for a value that is not one of ours. */
  identify(value: string | undefined): string | null;
};

/**
 * Devices that somebody signed in on, so that wrong passwords from elsewhere never lock them out. They open nothing
 * (https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies).
 */
export function createDevices(signingKey: string): Devices {
  const key = keyFor('device', signingKey);
  const sign = (id: string) => createHmac('sha256', key).update(id).digest('base64url');
  return {
    remember() {
      const id = randomBytes(12).toString('base64url');
      return `${id}.${sign(id)}`;
    },
    identify(value = '') {
      const [id = '', signature = ''] = value.split('.');
      const [given, right] = [Buffer.from(signature), Buffer.from(sign(id))];
      return given.length === right.length && timingSafeEqual(given, right) ? id : null;
    },
  };
}
