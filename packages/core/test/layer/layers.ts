import { readOnly, withHooks, withOpenTelemetry, withRetry, withTimeout, type Backend } from '@sealring/core'
import type { BackendFixture } from '@sealring/core/conformance'

export type Layer = (backend: Backend) => Backend

/** Each layer that lets everything through, with settings that no test runs into. */
export const layers: Readonly<Record<string, Layer>> = {
  withRetry: (backend) => withRetry(backend, { baseMilliseconds: 1 }),
  withTimeout: (backend) => withTimeout(backend, { milliseconds: 3_600_000 }),
  withHooks: (backend) => withHooks(backend, { onStart() {}, onEnd() {} }),
  withOpenTelemetry,
}

export const allLayers: Readonly<Record<string, Layer>> = { ...layers, readOnly }

/** The fixture's locations, seen through a layer. */
export function layered(fixture: BackendFixture, layer: Layer): BackendFixture {
  return {
    capabilities: fixture.capabilities,
    async open() {
      const location = await fixture.open()
      const reopen = async () => layer(await location.reopen())
      return { ...location, backend: layer(location.backend), reopen }
    },
  }
}
