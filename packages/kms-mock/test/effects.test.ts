import type { ServiceOutputTypes } from '@aws-sdk/client-kms'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { operations } from '#src/operations/operations.js'
import { effects } from './effects/effects.js'
import { openScene } from './effects/scene.js'
import type { Scene } from './effects/scene.js'
import { caught } from './support/caught.js'
import { installedOperations } from './support/installed-operations.js'
import { transports } from './support/transports.js'

/*
 * Every operation of the installed client, called to its success through the unmodified client, each answer held against
 * the model (checked-answers.ts), and its effect seen in a further call.
 */
const inScene = async (
  { connect }: (typeof transports)[number],
  run: (scene: Scene) => Promise<void>,
): Promise<void> => {
  const { close, ...scene } = await openScene(connect)
  try {
    await run(scene)
  } finally {
    await close()
  }
}

interface Answer {
  output: ServiceOutputTypes
  response: unknown
}
/** Lets something else decide what an operation answers, before the client has even sent the call. */
const onCalls = (
  { kms, away }: Scene,
  operation: string,
  around: (call: () => Promise<Answer>) => Promise<Answer>,
): void => {
  for (const client of [kms, away]) {
    client.middlewareStack.add(
      (next, context) => async (args) =>
        context['commandName'] === `${operation}Command` ? around(() => next(args)) : next(args),
      { step: 'initialize' },
    )
  }
}

describe('effects', function () {
  // RSA wrapping keys are made for some.
  this.timeout(60_000)

  it('are known of every operation that the installed client has', () => {
    expect(Object.keys(effects).toSorted()).to.deep.equal(installedOperations)
    expect([...operations.keys()].toSorted()).to.deep.equal(installedOperations)
    expect(installedOperations).to.have.lengthOf(56)
  })

  for (const transport of transports) {
    describe(`in a further call, ${transport.transport}`, () => {
      for (const [operation, effect] of Object.entries(effects)) {
        it(operation, () =>
          inScene(transport, async (scene) => {
            await effect(scene)
            const succeeded = scene.mock.calls.list().filter(({ error }) => error === undefined)
            expect(succeeded.map(({ operation: called }) => called)).to.include(operation)
            expect(scene.mock.calls.count()).to.be.greaterThan(1)
          }),
        )
      }
    })
  }

  describe('are missed where an operation only answers', () => {
    for (const [operation, effect] of Object.entries(effects)) {
      it(operation, async () => {
        const answers: Answer[] = []
        await inScene(transports[0], async (scene) => {
          onCalls(scene, operation, async (call) => {
            const answer = await call()
            answers.push(answer)
            return answer
          })
          await effect(scene)
        })
        // A KMS that gives the answer of another, each time, and does nothing.
        await inScene(transports[0], async (scene) => {
          onCalls(scene, operation, async () => answers[0]!)
          await caught(effect(scene))
          expect(scene.mock.calls.count(operation)).to.equal(0)
        })
      })
    }
  })
})
