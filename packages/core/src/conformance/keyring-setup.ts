import assert from 'node:assert/strict'
import { keyringCase, unlessOpens } from './keyring-case.js'
import { classesOf, expectOpens, expectRefused, wrap } from './keyring-steps.js'

/** The fixture itself: what every other case takes for granted. */
export const keyringSetup = [
  keyringCase('fixture: the keyring is an object of AWS’s class', async ({ keyring, subject }) => {
    assert.ok(keyring instanceof classesOf(keyring).KeyringNode)
    assert.ok(subject.stranger instanceof classesOf(subject.stranger).KeyringNode)
  }),

  keyringCase('fixture: what the sealer wraps, the opener unwraps', async ({ sealer, opener }) => {
    await expectOpens(opener, await wrap(sealer))
  }),

  keyringCase('fixture: a reopened keyring has the same keys', async ({ fixture, subject, ...trial }) => {
    const again = await subject.reopen()
    assert.notEqual(again, trial.keyring)
    const { seals, opens } = fixture.capabilities
    if (opens) await expectOpens(again, await wrap(trial.sealer))
    if (seals) await expectOpens(trial.opener, await wrap(again))
  }),

  keyringCase(
    'fixture: a stranger has other keys',
    async ({ fixture, subject, sealer, opener }) => {
      const { stranger } = subject
      if (!fixture.capabilities.seals) {
        await expectRefused(stranger, await wrap(sealer), 'a stranger')
        return
      }
      const wrapped = await wrap(stranger)
      assert.deepEqual(
        wrapped.dataKeys.map(({ providerId }) => providerId),
        fixture.capabilities.providerIds,
      )
      await expectRefused(opener, wrapped, 'the data key of a stranger')
    },
    unlessOpens,
  ),

  keyringCase('fixture: the secrets are long enough to be recognised', async ({ subject }) => {
    for (const secret of subject.secrets) assert.ok(secret.byteLength >= 16)
  }),
]
