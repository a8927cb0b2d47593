import { InputError } from '@sealring/core'

const namespaceGrammar = /^[a-z0-9][a-z0-9._-]{0,62}$/u

/** Fails with INVALID_ARGUMENT. */
export function checkNamespace(namespace: string | undefined): void {
  if (namespace !== undefined && !namespaceGrammar.test(namespace))
    throw new InputError('INVALID_ARGUMENT', `A namespace must match ${namespaceGrammar.source}.`)
}
