import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import * as sdk from '@aws-sdk/client-kms'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { KmsError } from '#src/errors.js'
import { declaredErrors, errors } from '#src/model/errors.generated.js'
import { inputs, modelSource } from '#src/model/inputs.generated.js'
import { outputs } from '#src/model/outputs.generated.js'
import { operations } from '#src/operations/operations.js'
import type { StructureShape } from '#src/validation/shape.js'
import { declaredBy } from './support/declared-by.js'

/** The commands of the installed client. */
const commands = Object.keys(sdk)
  .filter((name) => name.endsWith('Command') && name !== '$Command')
  .map((name) => name.slice(0, -'Command'.length))
  .toSorted()

/** The declaration of a request or an answer in the installed client: its members, and which are optional. */
const models = readFileSync(
  join(
    dirname(createRequire(import.meta.url).resolve('@aws-sdk/client-kms/package.json')),
    'dist-types/models/models_0.d.ts',
  ),
  'utf8',
)
const members = (name: string, mark: '' | '?'): string[] => {
  const body = new RegExp(String.raw`^export interface ${name} \{\n(.*?)^\}`, 'ms').exec(models)?.[1] ?? ''
  return [...body.matchAll(/^ {4}(\w+)(\??): /gm)]
    .filter(([, , own]) => own === mark)
    .map(([, member]) => member!)
}

/** What the model has and the installed client, which is older, has not. */
const newer = ['ListKeysRequest ResourceOwners']

const compare = (name: string, { members: own, required = [] }: StructureShape): void => {
  const known = Object.keys(own).filter((member) => !newer.includes(`${name} ${member}`))
  expect(known.toSorted(), name).to.deep.equal([...members(name, ''), ...members(name, '?')].toSorted())
  if (name.endsWith('Request')) expect(required.toSorted(), name).to.deep.equal(members(name, '').toSorted())
}

describe('the service model', () => {
  it('says where it is from', () => {
    expect(modelSource).to.deep.equal({ botocore: '1.44.5', apiVersion: '2014-11-01' })
  })

  it('has exactly the commands of the installed client', () => {
    expect(commands).to.have.length(56)
    expect(Object.keys(inputs)).to.deep.equal(commands)
    expect(Object.keys(outputs)).to.deep.equal(commands)
    expect(Object.keys(declaredErrors)).to.deep.equal(commands)
  })

  it('has the members of the installed client, and requires those that its types require', () => {
    for (const [name, input] of Object.entries(inputs)) compare(`${name}Request`, input)
    for (const [name, output] of Object.entries(outputs)) {
      // The one operation that answers in the shape of another.
      compare(name === 'ListRetirableGrants' ? 'ListGrantsResponse' : `${name}Response`, output)
    }
  })

  it('declares the 410 (operation, exception) pairs of the installed client, with their faults', () => {
    const pairs = Object.entries(declaredErrors).flatMap(([operation, names]) =>
      names.map((name) => `${operation} ${name} ${errors[name]!.fault}`),
    )
    const ofClient = commands.flatMap((operation) =>
      (['client', 'server'] as const).flatMap((fault) =>
        declaredBy(operation, fault).map((name) => `${operation} ${name} ${fault}`),
      ),
    )
    expect(pairs).to.have.length(410)
    expect(pairs.toSorted()).to.deep.equal(ofClient.toSorted())
    expect(pairs.filter((pair) => pair.endsWith(' server'))).to.have.length(113)
  })

  it('agrees with the errors that are thrown about whose fault they are', () => {
    for (const [name, { fault, httpStatusCode }] of Object.entries(errors)) {
      const error = new KmsError(name, '')
      expect(error.fault, name).to.equal(fault)
      expect(error.statusCode, name).to.equal(httpStatusCode ?? (fault === 'server' ? 500 : 400))
    }
  })

  it('gives every operation its own input', () => {
    for (const [name, operation] of operations) {
      expect(operation.name).to.equal(name)
      expect(operation.input, name).to.equal(inputs[operation.name])
    }
  })
})
