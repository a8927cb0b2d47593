import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { nameOf } from '../support/caught.js'
import { freshBytes, metadataOf, newKey } from './scene.js'
import type { Effects } from './scene.js'

const aliasName = (): string => `alias/${randomUUID()}`
const policyWith = (Sid: string): string =>
  JSON.stringify({ Statement: { Sid, Effect: 'Allow', Principal: '*', Action: 'kms:*', Resource: '*' } })

/** What shows that keys were made, found, switched, described, named, tagged and given policies. */
export const keyEffects: Effects = {
  CreateKey: async ({ kms }) => {
    const Description = randomUUID()
    const { KeyMetadata: made } = await kms.createKey({ Description })
    expect(made!.Description).to.equal(Description)
    expect(await metadataOf(kms, made!.KeyId!)).to.deep.equal(made)
  },
  DescribeKey: async (scene) => {
    const { KeyId } = await newKey(scene)
    expect(await metadataOf(scene.kms, KeyId)).to.include({ KeyId, KeyState: 'Enabled' })
    await scene.kms.disableKey({ KeyId })
    expect(await metadataOf(scene.kms, KeyId)).to.include({ KeyId, KeyState: 'Disabled' })
  },
  ListKeys: async (scene) => {
    const listed = async (): Promise<unknown> => (await scene.kms.listKeys({})).Keys
    expect(await listed()).to.deep.equal([])
    const { KeyId, Arn } = await newKey(scene)
    expect(await listed()).to.deep.equal([{ KeyId, KeyArn: Arn }])
  },
  DisableKey: async (scene) => {
    const { KeyId } = await newKey(scene)
    await scene.kms.disableKey({ KeyId })
    expect(await metadataOf(scene.kms, KeyId)).to.include({ KeyState: 'Disabled', Enabled: false })
    const refused = scene.kms.encrypt({ KeyId, Plaintext: freshBytes() })
    expect(await nameOf(refused)).to.equal('DisabledException')
  },
  EnableKey: async (scene) => {
    const { KeyId } = await newKey(scene)
    await scene.kms.disableKey({ KeyId })
    await scene.kms.enableKey({ KeyId })
    expect(await metadataOf(scene.kms, KeyId)).to.include({ KeyState: 'Enabled', Enabled: true })
    await scene.kms.encrypt({ KeyId, Plaintext: freshBytes() })
  },
  ScheduleKeyDeletion: async (scene) => {
    const { KeyId } = await newKey(scene)
    const { DeletionDate } = await scene.kms.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 })
    const pending = { KeyState: 'PendingDeletion', DeletionDate }
    expect(await metadataOf(scene.kms, KeyId)).to.deep.include(pending)
    scene.mock.clock.advance({ days: 7 })
    expect(await nameOf(metadataOf(scene.kms, KeyId))).to.equal('NotFoundException')
  },
  CancelKeyDeletion: async (scene) => {
    const { KeyId, Arn } = await newKey(scene)
    await scene.kms.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 })
    expect((await scene.kms.cancelKeyDeletion({ KeyId })).KeyId).to.equal(Arn)
    scene.mock.clock.advance({ days: 8 })
    expect(await metadataOf(scene.kms, KeyId)).to.include({ KeyState: 'Disabled' })
  },
  UpdateKeyDescription: async (scene) => {
    const { KeyId } = await newKey(scene)
    const Description = randomUUID()
    await scene.kms.updateKeyDescription({ KeyId, Description })
    expect(await metadataOf(scene.kms, KeyId)).to.include({ Description })
  },
  CreateAlias: async (scene) => {
    const { KeyId, Arn } = await newKey(scene)
    const AliasName = aliasName()
    await scene.kms.createAlias({ AliasName, TargetKeyId: KeyId })
    const { KeyId: used } = await scene.kms.encrypt({ KeyId: AliasName, Plaintext: freshBytes() })
    expect(used).to.equal(Arn)
  },
  UpdateAlias: async (scene) => {
    const [one, two] = [await newKey(scene), await newKey(scene)]
    const AliasName = aliasName()
    await scene.kms.createAlias({ AliasName, TargetKeyId: one.KeyId })
    await scene.kms.updateAlias({ AliasName, TargetKeyId: two.KeyId })
    expect(await metadataOf(scene.kms, AliasName)).to.include({ KeyId: two.KeyId })
  },
  DeleteAlias: async (scene) => {
    const { KeyId } = await newKey(scene)
    const AliasName = aliasName()
    await scene.kms.createAlias({ AliasName, TargetKeyId: KeyId })
    await scene.kms.deleteAlias({ AliasName })
    expect(await nameOf(metadataOf(scene.kms, AliasName))).to.equal('NotFoundException')
    await metadataOf(scene.kms, KeyId)
  },
  ListAliases: async (scene) => {
    const { KeyId } = await newKey(scene)
    const AliasName = aliasName()
    await scene.kms.createAlias({ AliasName, TargetKeyId: KeyId })
    const { Aliases } = await scene.kms.listAliases({ KeyId })
    expect(Aliases).to.have.lengthOf(1)
    expect(Aliases![0]).to.include({ AliasName, TargetKeyId: KeyId })
  },
  TagResource: async (scene) => {
    const { KeyId } = await newKey(scene)
    const Tags = [{ TagKey: 'name', TagValue: randomUUID() }]
    await scene.kms.tagResource({ KeyId, Tags })
    expect((await scene.kms.listResourceTags({ KeyId })).Tags).to.deep.equal(Tags)
  },
  UntagResource: async (scene) => {
    const [kept, gone] = [
      { TagKey: 'kept', TagValue: '1' },
      { TagKey: 'gone', TagValue: '2' },
    ]
    const { KeyId } = await newKey(scene, { Tags: [kept, gone] })
    await scene.kms.untagResource({ KeyId, TagKeys: ['gone'] })
    expect((await scene.kms.listResourceTags({ KeyId })).Tags).to.deep.equal([kept])
  },
  ListResourceTags: async (scene) => {
    const Tags = [{ TagKey: 'name', TagValue: randomUUID() }]
    const { KeyId } = await newKey(scene, { Tags })
    expect((await scene.kms.listResourceTags({ KeyId })).Tags).to.deep.equal(Tags)
  },
  PutKeyPolicy: async (scene) => {
    const { KeyId } = await newKey(scene)
    const Policy = policyWith(randomUUID())
    await scene.kms.putKeyPolicy({ KeyId, Policy })
    expect((await scene.kms.getKeyPolicy({ KeyId })).Policy).to.equal(Policy)
  },
  GetKeyPolicy: async (scene) => {
    const Policy = policyWith(randomUUID())
    const { KeyId } = await newKey(scene, { Policy })
    expect((await scene.kms.getKeyPolicy({ KeyId })).Policy).to.equal(Policy)
  },
  ListKeyPolicies: async (scene) => {
    const { KeyId } = await newKey(scene)
    const { PolicyNames } = await scene.kms.listKeyPolicies({ KeyId })
    expect(PolicyNames).to.deep.equal(['default'])
    await scene.kms.getKeyPolicy({ KeyId, PolicyName: PolicyNames![0] })
    // Its answer is always the same, as long as the key is there.
    await scene.kms.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 })
    scene.mock.clock.advance({ days: 7 })
    expect(await nameOf(scene.kms.listKeyPolicies({ KeyId }))).to.equal('NotFoundException')
  },
  GetKeyLastUsage: async (scene) => {
    const { KeyId, Arn } = await newKey(scene)
    const usage = async (): Promise<object> => {
      const answer = await scene.kms.getKeyLastUsage({ KeyId })
      expect(answer.KeyId).to.equal(Arn)
      return answer.KeyLastUsage!
    }
    expect(await usage()).to.deep.equal({})
    await scene.kms.encrypt({ KeyId, Plaintext: freshBytes() })
    expect(await usage()).to.include({ Operation: 'Encrypt' })
  },
}
