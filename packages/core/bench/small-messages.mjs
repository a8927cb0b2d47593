import { getLocalCryptographicMaterialsCache, NodeCachingMaterialsManager } from '@aws-crypto/client-node'
import { cachingMaterialsManager } from '@sealring/core/keyring'
import { bareCachedDecrypt, bareCachedEncrypt, bareDecrypt, bareEncrypt } from './bare-crypto.mjs'
import { awsKeyring, key, ourKeyring } from './keyrings.mjs'

const unsigned = 0x0478
const signed = 0x0578
const frameLength = 4096
const plaintext = Buffer.alloc(1024, 1)

const ourCache = () => cachingMaterialsManager({ keyring: ourKeyring, maxAge: 3_600_000 })
const awsCache = () =>
  new NodeCachingMaterialsManager({
    backingMaterials: awsKeyring,
    cache: getLocalCryptographicMaterialsCache(1000),
    maxAge: 3_600_000,
  })

const bare = bareEncrypt(key, plaintext, frameLength, false)
const bareKey = { dataKey: Buffer.alloc(32, 9) }
const bareRuns = {
  encrypt: () => bareEncrypt(key, plaintext, frameLength, false),
  decrypt: () => bareDecrypt(key, bare, frameLength),
}
const bareSealed = bareCachedEncrypt(bareKey, plaintext, frameLength)
const bareCachedRuns = {
  encrypt: () => bareCachedEncrypt(bareKey, plaintext, frameLength),
  decrypt: () => bareCachedDecrypt(bareKey, bareSealed, frameLength),
}

/**
 * What the claims are about. `ours` and `theirs` are the keyrings or managers that each client is given; `target` is the
 * ratio to client-node that must be reached, `ofBare` the share of the bare program.
 */
export const smallMessages = [
  {
    what: 'unsigned, our raw AES keyring',
    suiteId: unsigned,
    ours: ourKeyring,
    theirs: awsKeyring,
    bare: bareRuns,
    target: { encrypt: 10, decrypt: 10 },
    ofBare: 70,
  },
  {
    what: 'unsigned, our cached materials',
    suiteId: unsigned,
    ours: ourCache(),
    theirs: awsCache(),
    bare: bareCachedRuns,
    target: { encrypt: 8, decrypt: 8 },
  },
  {
    what: "unsigned, AWS's keyring object in both",
    suiteId: unsigned,
    ours: awsKeyring,
    theirs: awsKeyring,
    target: { encrypt: 2.5, decrypt: 4.5 },
  },
  {
    what: "unsigned, AWS's caching manager in both",
    suiteId: unsigned,
    ours: awsCache(),
    theirs: awsCache(),
    target: { encrypt: 4, decrypt: 4 },
  },
  {
    what: 'unsigned, our keyring in both (no claim)',
    suiteId: unsigned,
    ours: ourKeyring,
    theirs: ourKeyring,
    target: {},
  },
  {
    what: 'signed, one caller',
    suiteId: signed,
    ours: ourKeyring,
    theirs: awsKeyring,
    target: { encrypt: 1.6, decrypt: 3.5 },
  },
  {
    what: 'signed, 16 callers',
    suiteId: signed,
    ours: ourKeyring,
    theirs: awsKeyring,
    callers: 16,
    target: { encrypt: 2.2, decrypt: 5 },
  },
  {
    what: 'signed, cached materials of each',
    suiteId: signed,
    ours: ourCache(),
    theirs: awsCache(),
    target: { encrypt: 2, decrypt: 1.6 },
  },
].map((item) => ({ ...item, plaintext, frameLength }))
