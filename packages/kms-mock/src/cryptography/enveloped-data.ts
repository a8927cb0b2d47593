import { constants, createCipheriv, createHash, publicEncrypt, randomBytes } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { encodeDer, encodeInteger, tags } from './der.js'

const oid = (hex: string): Buffer => encodeDer(0x06, Buffer.from(hex, 'hex'))

const algorithms = {
  /** 2.16.840.1.101.3.4.2.1 */
  sha256: '608648016503040201',
  /** 1.2.840.113549.1.1.8 */
  mgf1: '2a864886f70d010108',
  /** 1.2.840.113549.1.1.7 */
  oaep: '2a864886f70d010107',
  /** 2.16.840.1.101.3.4.1.42 */
  aes256Cbc: '60864801650304012a',
} as const
/** 1.2.840.113549.1.7.1 */
const data = '2a864886f70d010701'
/** 1.2.840.113549.1.7.3 */
const envelopedData = '2a864886f70d010703'

const algorithm = (name: keyof typeof algorithms, ...parameters: Buffer[]): Buffer =>
  encodeDer(tags.sequence, oid(algorithms[name]), ...parameters)

/** RSAES-OAEP-params (RFC 8017, appendix A.2.1): SHA-256 for both, an empty label. */
const oaepSha256 = (): Buffer =>
  algorithm(
    'oaep',
    encodeDer(
      tags.sequence,
      encodeDer(tags.explicit0, algorithm('sha256')),
      encodeDer(tags.explicit1, algorithm('mgf1', algorithm('sha256'))),
    ),
  )

/** KeyTransRecipientInfo whose recipient is named by its key's identifier: version 2 (RFC 5652, section 6.2.1). */
const keyTransport = (recipient: KeyObject, contentKey: Buffer): Buffer =>
  encodeDer(
    tags.sequence,
    encodeInteger(2n),
    encodeDer(
      tags.context0,
      createHash('sha1')
        .update(recipient.export({ format: 'der', type: 'spki' }))
        .digest(),
    ),
    oaepSha256(),
    encodeDer(
      tags.octetString,
      publicEncrypt(
        { key: recipient, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
        contentKey,
      ),
    ),
  )

/**
 * Encrypts for the holder of an RSA key: CMS EnvelopedData in DER (RFC 5652, section 6), RSAES-OAEP with SHA-256 around
 * a fresh AES-256-CBC key. This is the form of `CiphertextForRecipient`.
 */
export const sealEnvelopedData = (recipient: KeyObject, plaintext: Buffer): Buffer => {
  const contentKey = randomBytes(32)
  const iv = randomBytes(16)
  try {
    const cipher = createCipheriv('aes-256-cbc', contentKey, iv)
    const encrypted = Buffer.concat([cipher.update(plaintext), cipher.final()])
    const content = encodeDer(
      tags.sequence,
      oid(data),
      algorithm('aes256Cbc', encodeDer(tags.octetString, iv)),
      encodeDer(tags.context0, encrypted),
    )
    const enveloped = encodeDer(
      tags.sequence,
      encodeInteger(2n),
      encodeDer(tags.set, keyTransport(recipient, contentKey)),
      content,
    )
    return encodeDer(tags.sequence, oid(envelopedData), encodeDer(tags.explicit0, enveloped))
  } finally {
    contentKey.fill(0)
  }
}
