import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import { algorithmSuites } from '../materials/algorithm-suites.js'
import { keyringCase, unlessOpens } from './keyring-case.js'
import {
  damagedCiphertexts,
  damagedInfos,
  expectOpens,
  expectRefused,
  thrownBy,
  unknownDataKeys,
  wrap,
} from './keyring-steps.js'

/** With data keys of 16 bytes. */
const shortSuite = algorithmSuites.get(0x0014)!

/** Nine bytes from the middle of a secret, in every form that a report may give them. */
function forms(secret: Uint8Array): string[] {
  const middle = Math.max(0, (secret.byteLength >> 1) - 4)
  const part = Buffer.from(secret.subarray(middle, middle + 9))
  return [
    part.toString('latin1'),
    part.toString('hex'),
    [...part].join(', '),
    [...part].join(','),
    part.toString('hex').replaceAll(/(..)(?=.)/g, '$1 '),
    // Every alignment of base64.
    ...[0, 1, 2].map((skip) => part.subarray(skip, skip + 6).toString('base64')),
  ]
}

const hidden = { depth: Infinity, showHidden: true, maxArrayLength: null, maxStringLength: null }

function everythingAbout(value: unknown): string {
  const chain: string[] = []
  for (let at = value; at instanceof Error; at = at.cause) chain.push(at.message, at.stack ?? '')
  return [inspect(value, hidden), JSON.stringify(value), ...chain].join('\n').replaceAll(/\s+/g, ' ')
}

function expectHidden(value: unknown, secrets: readonly Uint8Array[], what: string): void {
  const shown = everythingAbout(value)
  for (const secret of secrets)
    assert.ok(!forms(secret).some((form) => shown.includes(form)), `${what} shows key bytes`)
}

export const keyringSecrets = [
  keyringCase(
    'secrets: no inspection of the keyring shows a key',
    async ({ keyring, sealer, opener, subject }) => {
      const wrapped = await wrap(sealer)
      await expectOpens(opener, wrapped)
      const secrets = [...subject.secrets, wrapped.dataKey]
      expectHidden(keyring, secrets, 'The keyring')
      expectHidden({ deep: [keyring] }, secrets, 'The keyring')
      expectHidden(Object.getOwnPropertyDescriptors(keyring), secrets, 'A property of the keyring')
    },
  ),

  keyringCase(
    'secrets: no error shows a key',
    async ({ keyring, sealer, subject, fixture }) => {
      const wrapped = await wrap(sealer)
      const { dataKeys, dataKey } = wrapped
      const secrets = [...subject.secrets, dataKey]
      const attempts = [
        ...damagedCiphertexts(dataKeys).map((keys) => ({ ...wrapped, dataKeys: keys })),
        ...damagedInfos(dataKeys).map((keys) => ({ ...wrapped, dataKeys: [...keys, ...unknownDataKeys] })),
        { ...wrapped, context: { other: 'context' } },
      ]
      for (const attempt of attempts) {
        const thrown = await thrownBy(keyring, attempt)
        expectHidden(thrown, secrets, 'An error')
      }
      if (fixture.capabilities.committingOnly === true) return
      const short = await wrap(sealer, { suite: shortSuite })
      const thrown = await expectRefused(
        keyring,
        { ...short, suite: wrapped.suite },
        'a data key that is too short',
      )
      expectHidden(thrown, [...subject.secrets, short.dataKey], 'An error')
    },
    unlessOpens,
  ),
]
