import * as sdk from '@aws-sdk/client-kms'
import { expect } from 'chai'

const classes: Readonly<Record<string, unknown>> = { ...sdk }

/** Fails unless an error is one of the client's own class, with AWS's status for a fault of the client. */
export const expectDeclared = (error: Error, name: string): void => {
  expect(error.name).to.equal(name)
  expect(error.constructor).to.equal(classes[name])
  expect(error).to.have.nested.property('$metadata.httpStatusCode', 400)
  expect(error.message).not.to.equal('')
}
