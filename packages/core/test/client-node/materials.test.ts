import {
  EncryptedDataKey,
  KeyringNode,
  KeyringTraceFlag,
  NodeAlgorithmSuite,
  NodeDecryptionMaterial,
  NodeDefaultCryptographicMaterialsManager,
  NodeEncryptionMaterial,
} from '@aws-crypto/client-node'
import { wrongType } from '../envelope/wrong-type.js'
import { afterwards } from './afterwards.js'
import { keyring, opened, otherKeyring, plain, signed, text, unsigned } from './fixture.js'
import { cachingManager, discovery, sources, strict, type Source } from './keyrings.js'
import { Failed, failsWith, gives, parity, refuses, type Row } from './parity.js'
import { collect, StreamLog } from './stream-log.js'
import { sides, theirs, type Client, type Side } from './sides.js'

const message = (await theirs.client.encrypt(keyring, text, { suiteId: unsigned, frameLength: 4 })).result
const context = { purpose: 'parity', '～': 'fullwidth', '🔐': 'astral' }
const options = { encryptionContext: context, frameLength: 4 }

const suites = [
  { name: 'unsigned', suiteId: unsigned, of: (side: Side): Client => side.client },
  { name: 'signed', suiteId: signed, of: (side: Side): Client => side.client },
  { name: 'without commitment', suiteId: plain, of: (side: Side): Client => side.older },
]

/** What both clients, whole and as a stream, make of a message. */
async function openedByAll(source: Source, message: Buffer, of: (side: Side) => Client): Promise<string[]> {
  return Promise.all(
    sides.flatMap((side) => [
      of(side)
        .decrypt(source, message)
        .then(({ plaintext }) => plaintext.toString()),
      collect(of(side).decryptStream(source).end(message)).then(String),
    ]),
  )
}
const byAll = [text, text, text, text]

for (const { name, suiteId, of } of suites) {
  parity(
    `sealed, ${name}, and opened by both clients, whole and as streams, under`,
    Object.entries(sources).flatMap(([what, source]): Row[] => [
      {
        what,
        both: gives(byAll),
        run: async (side) => {
          const { result } = await of(side).encrypt(source, text, { ...options, suiteId })
          return openedByAll(source, result, of)
        },
      },
      {
        what: `${what}, in a stream`,
        both: gives(byAll),
        run: async (side) => {
          const stream = of(side)
            .encryptStream(source, { ...options, suiteId })
            .end(text)
          return openedByAll(source, await collect(stream), of)
        },
      },
    ]),
  )
}

parity('opened by another keyring', [
  {
    what: 'KMS discovery, what a strict keyring sealed',
    both: gives(byAll),
    run: async (side) =>
      openedByAll(discovery, (await side.client.encrypt(strict, text)).result, ({ client }) => client),
  },
  {
    what: 'KMS discovery seals nothing',
    both: refuses('NO_DATA_KEY'),
    run: ({ client }) => client.encrypt(discovery, text),
  },
  {
    what: 'one that has another key',
    both: refuses('NO_DATA_KEY'),
    run: async ({ client }) =>
      client.decrypt(otherKeyring, (await theirs.client.encrypt(keyring, text)).result),
  },
])

class CountingKeyring extends KeyringNode {
  wrapped = 0
  unwrapped = 0
  readonly manager = new NodeDefaultCryptographicMaterialsManager(keyring)

  async _onEncrypt(material: NodeEncryptionMaterial): Promise<NodeEncryptionMaterial> {
    this.wrapped += 1
    return keyring._onEncrypt(material)
  }

  async _onDecrypt(
    material: NodeDecryptionMaterial,
    keys: EncryptedDataKey[],
  ): Promise<NodeDecryptionMaterial> {
    this.unwrapped += 1
    return keyring._onDecrypt(material, keys)
  }
}

/** How often the keyring behind a caching manager is asked in three messages. */
async function asked(
  use: (manager: Source, n: number) => Promise<unknown>,
  keys = new CountingKeyring(),
): Promise<number[]> {
  const manager = cachingManager(keys)
  for (let n = 0; n < 3; n += 1) await use(manager, n)
  return [keys.wrapped, keys.unwrapped]
}

parity('AWS’s caching materials manager asks its keyring', [
  ...suites.slice(0, 2).flatMap(({ name, suiteId }): Row[] => [
    {
      what: `once for three plaintexts, ${name}`,
      both: gives([1, 0]),
      run: ({ client }) => asked((manager) => client.encrypt(manager, text, { ...options, suiteId })),
    },
    {
      what: `once for three openings, ${name}`,
      both: gives([0, 1]),
      run: async ({ client }) => {
        const { result } = await theirs.client.encrypt(keyring, text, { ...options, suiteId })
        return asked((manager) => client.decrypt(manager, result))
      },
    },
  ]),
  {
    what: 'for each stream whose length nobody knows',
    both: gives([3, 0]),
    run: ({ client }) => asked((manager) => collect(client.encryptStream(manager, options).end(text))),
  },
  {
    what: 'once for streams with a plaintextLength',
    both: gives([1, 0]),
    run: ({ client }) =>
      asked((manager) =>
        collect(client.encryptStream(manager, { ...options, plaintextLength: 10 }).end(text)),
      ),
  },
  {
    what: 'for each encryption context',
    both: gives([3, 0]),
    run: ({ client }) =>
      asked((manager, n) => client.encrypt(manager, text, { encryptionContext: { n: `${n}` } })),
  },
  {
    what: 'for each suite without a KDF, which must not be cached',
    both: gives([3, 0]),
    run: ({ older }) => asked((manager) => older.encrypt(manager, text, { suiteId: 0x0078 })),
  },
])

type Request = Parameters<NodeDefaultCryptographicMaterialsManager['getEncryptionMaterials']>[0]
type DecryptionRequest = Parameters<NodeDefaultCryptographicMaterialsManager['decryptMaterials']>[0]

/** A manager as users write it: an object with two methods. */
function managerWith(methods: object): Source {
  const manager = new NodeDefaultCryptographicMaterialsManager(keyring)
  return wrongType({
    getEncryptionMaterials: (request: Request) => manager.getEncryptionMaterials(request),
    decryptMaterials: (request: DecryptionRequest) => manager.decryptMaterials(request),
    ...methods,
  })
}

function sealingManager(note: (request: Request) => void): Source {
  const manager = new NodeDefaultCryptographicMaterialsManager(keyring)
  return managerWith({
    getEncryptionMaterials: (request: Request) => {
      note(request)
      return manager.getEncryptionMaterials(request)
    },
  })
}

function seen({ suite, encryptionContext, plaintextLength, commitmentPolicy }: Request): object {
  const proper = suite === undefined || suite instanceof NodeAlgorithmSuite
  return { suite: suite?.id, proper, context: { ...encryptionContext }, plaintextLength, commitmentPolicy }
}

async function requestOf(use: (manager: Source) => Promise<unknown>): Promise<object[]> {
  const requests: object[] = []
  await use(sealingManager((request) => requests.push(seen(request))))
  return requests
}

const commitmentPolicy = 'REQUIRE_ENCRYPT_ALLOW_DECRYPT'
parity('a materials manager is asked for', [
  {
    what: 'a plaintext, with its length',
    both: gives([{ suite: undefined, proper: true, context: {}, plaintextLength: 10, commitmentPolicy }]),
    run: ({ client }) => requestOf((manager) => client.encrypt(manager, text)),
  },
  {
    what: 'a suite that the caller wants',
    both: gives([
      { suite: unsigned, proper: true, context: { a: 'b' }, plaintextLength: 10, commitmentPolicy },
    ]),
    run: ({ client }) =>
      requestOf((manager) =>
        client.encrypt(manager, text, { suiteId: unsigned, encryptionContext: { a: 'b' } }),
      ),
  },
  {
    what: 'a stream, without a length',
    both: gives([
      { suite: undefined, proper: true, context: {}, plaintextLength: undefined, commitmentPolicy },
    ]),
    run: ({ client }) => requestOf((manager) => collect(client.encryptStream(manager).end(text))),
  },
  {
    what: 'a stream, with its bound',
    both: gives([{ suite: undefined, proper: true, context: {}, plaintextLength: 99, commitmentPolicy }]),
    run: ({ client }) =>
      requestOf((manager) => collect(client.encryptStream(manager, { plaintextLength: 99 }).end(text))),
  },
  {
    what: 'a stream before anything is written',
    both: gives(1),
    run: async ({ client }) => {
      let requests = 0
      const log = new StreamLog(client.encryptStream(sealingManager(() => (requests += 1))))
      await log.until(() => requests > 0)
      await afterwards()
      return requests
    },
  },
  {
    what: 'a message',
    both: gives([{ suite: unsigned, proper: true, context: { a: 'b' }, keys: [true] }]),
    run: async ({ client }) => {
      const requests: object[] = []
      const manager = new NodeDefaultCryptographicMaterialsManager(keyring)
      const opening = managerWith({
        decryptMaterials: (request: DecryptionRequest) => {
          const { suite, encryptionContext, encryptedDataKeys } = request
          requests.push({
            suite: suite.id,
            proper: suite instanceof NodeAlgorithmSuite,
            context: { ...encryptionContext },
            keys: encryptedDataKeys.map((key) => key instanceof EncryptedDataKey),
          })
          return manager.decryptMaterials(request)
        },
      })
      const { result } = await theirs.client.encrypt(keyring, text, {
        suiteId: unsigned,
        encryptionContext: { a: 'b' },
      })
      await client.decrypt(opening, result)
      return requests
    },
  },
])

async function chosen(suite: number): Promise<NodeEncryptionMaterial> {
  const material = new NodeEncryptionMaterial(new NodeAlgorithmSuite(suite), {})
  return keyring.onEncrypt(material)
}

parity('a materials manager that answers with', [
  {
    what: 'another suite than the default',
    both: gives(unsigned),
    run: async ({ client }) => {
      const manager = managerWith({ getEncryptionMaterials: () => chosen(unsigned) })
      return (await client.encrypt(manager, text)).messageHeader.suiteId
    },
  },
  {
    what: 'a suite that the policy forbids',
    both: refuses('SUITE_NOT_ALLOWED'),
    run: ({ client }) => client.encrypt(managerWith({ getEncryptionMaterials: () => chosen(plain) }), text),
  },
  {
    what: 'a suite that the policy forbids, to a stream',
    both: failsWith('SUITE_NOT_ALLOWED', 'error'),
    run: async ({ client }) => {
      const log = new StreamLog(
        client.encryptStream(managerWith({ getEncryptionMaterials: () => chosen(plain) })),
      )
      await log.settled()
      return new Failed(log.order, log.errors[0])
    },
  },
  {
    what: 'another suite than the message has',
    both: refuses('KEYRING_INVALID'),
    run: async ({ engine }) => {
      const { result } = await theirs.client.encrypt(keyring, text, { suiteId: unsigned })
      const opening = managerWith({
        decryptMaterials: () =>
          new ZeroKeyring().onDecrypt(new NodeDecryptionMaterial(new NodeAlgorithmSuite(plain), {}), []),
      })
      return engine.buildClient().decrypt(opening, result)
    },
  },
  {
    what: 'an error',
    both: refuses('DATA_KEY_NOT_WRAPPED'),
    run: ({ client }) =>
      client.encrypt(managerWith({ getEncryptionMaterials: () => Promise.reject(new Error('no')) }), text),
  },
])

parity('a materials manager that can do but one thing', [
  {
    what: 'seal',
    both: gives(text),
    run: async ({ client }) => {
      const manager: Source = wrongType({ getEncryptionMaterials: () => chosen(unsigned) })
      return opened((await client.encrypt(manager, text)).result)
    },
  },
  {
    what: 'open',
    both: gives(text),
    run: async ({ client }) => {
      const manager = new NodeDefaultCryptographicMaterialsManager(keyring)
      const opening: Source = wrongType({
        decryptMaterials: (request: DecryptionRequest) => manager.decryptMaterials(request),
      })
      return (await client.decrypt(opening, message)).plaintext.toString()
    },
  },
  {
    what: 'nothing',
    both: refuses('KEYRING_INVALID'),
    run: ({ client }) => client.encrypt(wrongType({}), text),
  },
])

/** A keyring as client-node's own tests have it. */
class ZeroKeyring extends KeyringNode {
  async _onEncrypt(material: NodeEncryptionMaterial): Promise<NodeEncryptionMaterial> {
    const trace = { keyNamespace: 'k', keyName: 'k', flags: KeyringTraceFlag.WRAPPING_KEY_GENERATED_DATA_KEY }
    const key = new EncryptedDataKey({
      providerId: 'k',
      providerInfo: 'k',
      encryptedDataKey: new Uint8Array(3),
      rawInfo: new Uint8Array([107]),
    })
    return material
      .setUnencryptedDataKey(new Uint8Array(material.suite.keyLengthBytes), trace)
      .addEncryptedDataKey(key, KeyringTraceFlag.WRAPPING_KEY_ENCRYPTED_DATA_KEY)
  }

  async _onDecrypt(material: NodeDecryptionMaterial): Promise<NodeDecryptionMaterial> {
    const trace = { keyNamespace: 'k', keyName: 'k', flags: KeyringTraceFlag.WRAPPING_KEY_DECRYPTED_DATA_KEY }
    return material.setUnencryptedDataKey(new Uint8Array(material.suite.keyLengthBytes), trace)
  }
}

parity(
  'a keyring of the user’s own',
  suites.map(({ name, suiteId, of }): Row => ({
    what: name,
    both: gives([byAll, 'k', 'k', 3]),
    run: async (side) => {
      const keys = new ZeroKeyring()
      const { result, messageHeader } = await of(side).encrypt(keys, text, { suiteId })
      const { providerId, providerInfo, encryptedDataKey } = messageHeader.encryptedDataKeys[0]!
      return [await openedByAll(keys, result, of), providerId, providerInfo, encryptedDataKey.byteLength]
    },
  })),
)

/** Whether the data key that a manager gave is gone, once a stream is over. */
async function forgotten(use: (source: Source) => Promise<unknown>): Promise<boolean[]> {
  const manager = new NodeDefaultCryptographicMaterialsManager(keyring)
  const given: (NodeEncryptionMaterial | NodeDecryptionMaterial)[] = []
  const noting = async <Material extends (typeof given)[number]>(
    material: Promise<Material>,
  ): Promise<Material> => {
    given.push(await material)
    return material
  }
  await use(
    wrongType({
      getEncryptionMaterials: (request: Request) => noting(manager.getEncryptionMaterials(request)),
      decryptMaterials: (request: DecryptionRequest) => noting(manager.decryptMaterials(request)),
    }),
  )
  await afterwards()
  return given.map((material) => !material.hasUnencryptedDataKey)
}

const zeroed = 'theirs zeroes it only when a stream is destroyed, which a good end does not do'
parity('the data key is gone from the materials', [
  {
    what: 'after encrypt',
    theirs: gives([false]),
    ours: gives([true]),
    because: zeroed,
    run: ({ client }) => forgotten((source) => client.encrypt(source, text)),
  },
  {
    what: 'after decrypt',
    theirs: gives([false]),
    ours: gives([true]),
    because: zeroed,
    run: ({ client }) => forgotten((source) => client.decrypt(source, message)),
  },
  {
    what: 'after encryptStream',
    theirs: gives([false]),
    ours: gives([true]),
    because: zeroed,
    run: ({ client }) => forgotten((source) => collect(client.encryptStream(source).end(text))),
  },
  {
    what: 'after decryptStream',
    theirs: gives([false]),
    ours: gives([true]),
    because: zeroed,
    run: ({ client }) => forgotten((source) => collect(client.decryptStream(source).end(message))),
  },
  {
    what: 'after a message that is wrong',
    both: gives([true]),
    run: ({ client }) =>
      forgotten((source) => client.decrypt(source, message.subarray(0, -1)).catch(() => 'refused')),
  },
  {
    what: 'after a stream that is wrong',
    both: gives([true]),
    run: ({ client }) =>
      forgotten((source) =>
        collect(client.decryptStream(source).end(message.subarray(0, -1))).catch(() => 'refused'),
      ),
  },
  {
    what: 'after a decryptStream that is destroyed half way',
    both: gives([true]),
    run: ({ client }) =>
      forgotten(async (source) => {
        const stream = client.decryptStream(source)
        const log = new StreamLog(stream)
        stream.write(message.subarray(0, -20))
        await log.until(() => log.headers.length > 0)
        stream.destroy()
      }),
  },
])
