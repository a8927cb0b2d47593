import { createKms } from '@sealring/kms-mock'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { caught } from './support/caught.js'
import { newKey } from './support/new-key.js'

const account = '111122223333'
const rootArn = `arn:aws:iam::${account}:root`
const root = { AWS: rootArn }
const allow = { Effect: 'Allow', Principal: root, Action: 'kms:*', Resource: '*' }
const policy = (...Statement: unknown[]): string => JSON.stringify({ Version: '2012-10-17', Statement })
const malformed = 'MalformedPolicyDocumentException'

const cases: readonly [what: string, policy: string, outcome: string][] = [
  ['all to the account', policy(allow), 'ok'],
  ['one statement, not in a list', JSON.stringify({ Statement: allow }), 'ok'],
  ['the version of 2008', JSON.stringify({ Version: '2008-10-17', Statement: allow }), 'ok'],
  ['another version', JSON.stringify({ Version: '2026-01-01', Statement: allow }), malformed],
  ['no statement', JSON.stringify({ Version: '2012-10-17' }), malformed],
  ['an empty list of statements', policy(), malformed],
  ['no JSON', '{"Version"', malformed],
  ['no object', '[]', malformed],
  ['a statement that is none', policy(allow, 'x'), malformed],
  ['an unknown member', JSON.stringify({ Statement: allow, Extra: 1 }), malformed],
  ['an unknown member of a statement', policy({ ...allow, Extra: 1 }), malformed],
  ['no effect', policy({ ...allow, Effect: undefined }), malformed],
  ['another effect', policy({ ...allow, Effect: 'allow' }), malformed],
  ['a statement without a principal', policy(allow, { ...allow, Principal: undefined }), malformed],
  ['an unknown type of principal', policy({ ...allow, Principal: { Aws: rootArn } }), malformed],
  ['no principal in the list', policy({ ...allow, Principal: { AWS: [] } }), malformed],
  [
    'a principal that is none',
    policy(allow, { ...allow, Principal: { AWS: 'AIDACKCEVSQ6C2EXAMPLE' } }),
    malformed,
  ],
  [
    'the ARN of a group',
    policy(allow, { ...allow, Principal: { AWS: `arn:aws:iam::${account}:group/g` } }),
    'InvalidArnException',
  ],
  [
    'a service beside the account',
    policy(allow, { ...allow, Principal: { Service: 's3.amazonaws.com' } }),
    'ok',
  ],
  ['an action without its service', policy(allow, { ...allow, Action: 'Encrypt' }), malformed],
  ['an action that is no text', policy({ ...allow, Action: 1 }), malformed],
  ['the same Sid twice', policy({ ...allow, Sid: 'a' }, { ...allow, Sid: 'a' }), malformed],
  ['an ineffective statement beside', policy(allow, { ...allow, Action: undefined }), 'ok'],
  // The lockout safety check.
  ['the account by its number', policy({ ...allow, Principal: { AWS: account } }), 'ok'],
  ['everybody', policy({ ...allow, Principal: '*' }), 'ok'],
  [
    'a role of the account, which may be the caller',
    policy({ ...allow, Principal: { AWS: `arn:aws:iam::${account}:role/r` } }),
    'ok',
  ],
  ['a condition, which may be met', policy({ ...allow, Condition: { Bool: { x: 'true' } } }), 'ok'],
  ['PutKeyPolicy alone, by a pattern', policy({ ...allow, Action: ['kms:put*'] }), 'ok'],
  ['no resource: no effect', policy({ ...allow, Resource: undefined }), malformed],
  ['no action: no effect', policy({ ...allow, Action: undefined }), malformed],
  ['all but PutKeyPolicy', policy({ ...allow, Action: ['kms:Encrypt', 'kms:Get*'] }), malformed],
  ['another account', policy({ ...allow, Principal: { AWS: 'arn:aws:iam::444455556666:root' } }), malformed],
  [
    'another account’s role',
    policy({ ...allow, Principal: { AWS: 'arn:aws:iam::444455556666:role/r' } }),
    malformed,
  ],
  [
    'PutKeyPolicy denied to the account',
    policy(allow, { ...allow, Effect: 'Deny', Action: 'kms:PutKeyPolicy' }),
    malformed,
  ],
  ['another action denied', policy(allow, { ...allow, Effect: 'Deny', Action: 'kms:Decrypt' }), 'ok'],
]

describe('key policies', () => {
  for (const [what, Policy, outcome] of cases) {
    it(`${what}: ${outcome}`, async () => {
      const kms = createKms()
      const KeyId = await newKey(kms)
      const before = await kms.handle('GetKeyPolicy', { KeyId })
      const put = kms.handle('PutKeyPolicy', { KeyId, Policy })
      const create = kms.handle('CreateKey', { Policy })
      if (outcome === 'ok') {
        await Promise.all([put, create])
        expect(await kms.handle('GetKeyPolicy', { KeyId })).to.deep.include({ Policy })
      } else {
        for (const call of [put, create]) expect((await caught(call)).name).to.equal(outcome)
        expect(await kms.handle('GetKeyPolicy', { KeyId })).to.deep.equal(before)
      }
    })
  }

  it('BypassPolicyLockoutSafetyCheck skips that check and no other', async () => {
    const kms = createKms()
    const bypass = { BypassPolicyLockoutSafetyCheck: true }
    const Policy = policy({ ...allow, Action: 'kms:Encrypt' })
    await kms.handle('CreateKey', { Policy, ...bypass })
    const error = await caught(kms.handle('CreateKey', { Policy: policy({ Effect: 'Allow' }), ...bypass }))
    expect(error.name).to.equal(malformed)
  })

  it('32,768 bytes and not one more, counted in UTF-8', async () => {
    const kms = createKms()
    const KeyId = await newKey(kms)
    const put = (length: number, pad: string): Promise<unknown> => {
      const base = policy(allow)
      return kms.handle('PutKeyPolicy', { KeyId, Policy: base + pad.repeat(length - base.length) })
    }
    await put(32_768, ' ')
    expect((await caught(put(32_769, ' '))).name).to.equal('LimitExceededException')
    // Not JSON either: the length is looked at first, and ü has two bytes.
    expect((await caught(put(17_000, 'ü'))).name).to.equal('LimitExceededException')
  })

  it('is that of the key’s own account, in the partition of its region', async () => {
    const kms = createKms()
    const caller = { region: 'cn-north-1', accountId: '444455556666' }
    const KeyId = await newKey(kms, caller)
    const { Policy } = await kms.handle('GetKeyPolicy', { KeyId }, caller)
    expect(Policy).to.include('"AWS" : "arn:aws-cn:iam::444455556666:root"')
  })
})
