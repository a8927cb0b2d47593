import { expect } from 'chai'
import { describe, it } from 'mocha'
import { KeyringError } from '@sealring/core'
import { awsErrorName } from '@sealring/core/keyring'
import { failureName } from '#src/keyring/error-name.js'

const aws = Object.assign(new Error('no'), { name: 'AccessDeniedException', $fault: 'client' })
const network = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })

describe('awsErrorName', () => {
  it('finds the name however deep it lies', () => {
    const deep = new Error('outer', { cause: new AggregateError([network, new Error('x', { cause: aws })]) })
    expect([awsErrorName(aws), awsErrorName(deep)]).to.deep.equal([aws.name, aws.name])
  })

  it('is undefined where AWS said nothing', () => {
    expect([network, new Error('x'), 'text', undefined].map(awsErrorName)).to.deep.equal(
      Array.from({ length: 4 }, () => undefined),
    )
  })

  it('ends, even where an error is its own cause', () => {
    const error: Error = new Error('x')
    error.cause = error
    expect(awsErrorName(error)).to.equal(undefined)
  })

  it('leaves a name for every failure', () => {
    expect([aws, network, new TypeError('x'), 'text'].map(failureName)).to.deep.equal([
      'AccessDeniedException',
      'ECONNREFUSED',
      'TypeError',
      'string',
    ])
  })

  it('prefers what was wrong to our own code for it', () => {
    const ours = (cause: unknown) => new KeyringError('DATA_KEY_NOT_UNWRAPPED', 'no', { cause })
    const failures = [
      ours(network),
      ours(new RangeError('x')),
      ours(new AggregateError([new Error('x')])),
      ours(aws),
    ]
    expect(failures.map(failureName)).to.deep.equal([
      'ECONNREFUSED',
      'RangeError',
      'DATA_KEY_NOT_UNWRAPPED',
      'AccessDeniedException',
    ])
  })
})
