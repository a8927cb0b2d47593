import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Duplex, Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import * as clientNode from '@aws-crypto/client-node'
import { expect } from 'chai'
import { after, describe, it } from 'mocha'
import * as dropIn from '@sealring/core/client-node'
import {
  AlgorithmSuiteIdentifier,
  CommitmentPolicy,
  KeyringNode,
  MessageFormat,
  type ClientOptions,
  type DecryptOutput,
  type EncryptionContext,
  type MessageHeader,
  type NodeMaterialsManager,
} from '@sealring/core/client-node'
import { declaredByPackage } from './declared-names.js'
import { keyring } from './fixture.js'

// Part one: the compiler is the test. What does not hold does not compile.

type Theirs = typeof clientNode
type Ours = typeof dropIn
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the usual comparison of two types
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

type EngineName = 'buildClient' | 'buildEncrypt' | 'buildDecrypt' | 'default'
/** Under each name: whether ours can stand where theirs is expected, and is the very same but for the engine. */
type Checks = {
  [Name in keyof Theirs]: Name extends EngineName
    ? Ours[Name] extends Theirs[Name]
      ? true
      : false
    : Name extends keyof Ours
      ? Same<Ours[Name], Theirs[Name]>
      : false
}
export const namesThatFail: { [Name in keyof Theirs as Checks[Name] extends true ? never : Name]: never } = {}

/** Whole modules, too. */
export const module: Theirs = dropIn

// As programs for client-node are written, in their types.
type TheirClient = ReturnType<typeof clientNode.buildClient>
export const client: TheirClient = dropIn.buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)
export const options: ClientOptions = {
  commitmentPolicy: CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT,
  maxEncryptedDataKeys: false,
}
export const halves = {
  ...dropIn.buildEncrypt(options),
  ...dropIn.buildDecrypt(options),
} satisfies TheirClient

async function sealAndOpen(
  { encrypt, decrypt, encryptStream, decryptStream, decryptUnsignedMessageStream } = dropIn.buildClient(
    options,
  ),
  source: KeyringNode | NodeMaterialsManager = keyring,
  plaintext: string | Buffer | Uint8Array | Readable | NodeJS.ReadableStream = 'text',
  encryptionContext: EncryptionContext = { a: 'b' },
): Promise<DecryptOutput> {
  const suiteId = AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA256
  const { result } = await encrypt(source, plaintext, {
    suiteId,
    encryptionContext,
    encoding: 'utf8',
    frameLength: 9,
  })
  const streams: Duplex[] = [
    encryptStream(source, { suiteId, encryptionContext, frameLength: 1, plaintextLength: 9 }),
    decryptStream(source, { maxBodySize: 9 }),
    decryptUnsignedMessageStream(source),
  ]
  for (const stream of streams) stream.on('error', () => {}).destroy()
  const output: DecryptOutput = await decrypt(source, result, { encoding: 'base64', maxBodySize: 99 })
  return output
}

function commitmentOf(header: MessageHeader): Uint8Array | undefined {
  return header.version === MessageFormat.V2 ? header.suiteData : undefined
}

/** The same, of a header as our own types have it. */
export function ivLengthOf({
  messageHeader,
}: Awaited<ReturnType<ReturnType<typeof dropIn.buildClient>['decrypt']>>): number | undefined {
  // oxlint-disable-next-line typescript/no-unsafe-enum-comparison -- that our literals stand for their enum is the point
  return messageHeader.version === MessageFormat.V1 ? messageHeader.headerIvLength : undefined
}

describe('a program in the types of client-node', () => {
  it('runs', async () => {
    const { plaintext, messageHeader } = await sealAndOpen()
    expect(plaintext.toString()).to.equal('text')
    expect(commitmentOf(messageHeader)).to.equal(undefined)
  })
})

// Part two: every name that client-node declares is fed to the compiler.

const require = createRequire(import.meta.url)
const compiler = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc')

describe('the types of @sealring/core/client-node', () => {
  const place = mkdtempSync(join(dirname(fileURLToPath(import.meta.url)), 'types-'))
  after(() => rmSync(place, { recursive: true }))

  function complaints(names: Iterable<string>): string {
    const lines = [...names].map(
      (name, n) => `export type { ${name} as T${n} } from '@sealring/core/client-node'`,
    )
    const file = join(place, 'names.ts')
    writeFileSync(file, lines.join('\n'))
    const settings = [
      '--ignoreConfig',
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      '--module',
      'nodenext',
      '--target',
      'es2023',
    ]
    return spawnSync(process.execPath, [compiler, ...settings, file], { encoding: 'utf8', cwd: place }).stdout
  }

  const names = declaredByPackage('@aws-crypto/client-node', require.resolve('@sealring/core/package.json'))

  it(`hold every name of client-node: the ${names.size} that it declares`, () => {
    const values = Object.keys(clientNode).filter(
      (name) => !/^(default|__esModule|module\.exports)$/.test(name),
    )
    expect(
      values.filter((name) => !names.has(name)),
      'values that were not found among the declarations',
    ).to.deep.equal([])
    expect(names.size).to.be.greaterThan(values.length + 30)
    expect(complaints(names)).to.equal('')
  })

  it('and the compiler would miss one', () => {
    expect(complaints([...names, 'NoSuchName'])).to.include("'NoSuchName'")
  })
})
