import { generateKeyPairSync } from 'node:crypto'

/** Two pairs as PEM. Made when they are asked for: it takes a while. */
export function rsaPairs() {
  const encoding = { type: 'spki', format: 'pem' } as const
  const make = (modulusLength: number) =>
    generateKeyPairSync('rsa', {
      modulusLength,
      publicKeyEncoding: encoding,
      privateKeyEncoding: { ...encoding, type: 'pkcs8' },
    })
  return { pair: make(2048), other: make(2048), short: make(1024) }
}
